package main

import (
	"encoding/json"
	"sort"
	"strings"
	"text/template"

	corev1 "k8s.io/api/core/v1"
)

type Input struct {
	Data  Data   `json:"data"`
	Cases []Case `json:"cases"`
}

type Case struct {
	Name     string `json:"name"`
	Template string `json:"template"`
}

// Result is what one case came to: its text, or what failed ("parse", "execute").
type Result struct {
	Name   string  `json:"name"`
	Text   *string `json:"text,omitempty"`
	Failed string  `json:"failed,omitempty"`
	Error  string  `json:"error,omitempty"`
}

func run(input Input) []Result {
	results := []Result{}
	for _, one := range input.Cases {
		results = append(results, runCase(one, input.Data))
	}
	return results
}

func runCase(one Case, data Data) Result {
	parsed, err := template.New("KeepalivedGroup").Funcs(functions).Parse(one.Template)
	if err != nil {
		return Result{Name: one.Name, Failed: "parse", Error: err.Error()}
	}
	var text strings.Builder
	if err := parsed.Execute(&text, data); err != nil {
		return Result{Name: one.Name, Failed: "execute", Error: err.Error()}
	}
	printed := text.String()
	return Result{Name: one.Name, Text: &printed}
}

var functions = template.FuncMap{
	"parseJson": func(text string) map[string]string {
		parsed := map[string]string{}
		if text == "" || json.Unmarshal([]byte(text), &parsed) != nil {
			return map[string]string{}
		}
		return parsed
	},
	"mergeStringSlices": func(ingress []corev1.LoadBalancerIngress, externalIPs []string) []string {
		seen := map[string]bool{}
		for _, one := range ingress {
			if one.IP != "" {
				seen[one.IP] = true
			}
		}
		for _, ip := range externalIPs {
			seen[ip] = true
		}
		merged := []string{}
		for ip := range seen {
			merged = append(merged, ip)
		}
		sort.Strings(merged)
		return merged
	},
	"modulus": func(a, b int) int { return a % b },
}
