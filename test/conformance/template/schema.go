package main

import (
	"fmt"
	"io"
	"reflect"
	"sort"
	"strings"
	"unicode"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// opaque types have their own JSON form; src/template/data/type.ts knows them by name.
var opaque = map[reflect.Type]string{
	reflect.TypeFor[metav1.Time]():        "Time",
	reflect.TypeFor[metav1.FieldsV1]():    "FieldsV1",
	reflect.TypeFor[resource.Quantity]():  "Quantity",
	reflect.TypeFor[intstr.IntOrString](): "IntOrString",
}

func printSchema(out io.Writer) {
	lines := map[string]string{}
	for _, root := range []reflect.Type{reflect.TypeFor[corev1.Service](), reflect.TypeFor[corev1.Pod](), reflect.TypeFor[metav1.Condition]()} {
		collect(root, lines)
	}
	names := []string{}
	for name := range lines {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Fprint(out, "/** Made by `go run . schema` in test/conformance/template from k8s.io/api v0.37.2; the notation is said in schema.ts. */\n")
	fmt.Fprint(out, "export const KUBERNETES_SCHEMA = `\n")
	for _, name := range names {
		fmt.Fprintf(out, "%s%s\n", name, lines[name])
	}
	fmt.Fprint(out, "`;\n")
}

// collect adds the structure and every structure below it.
func collect(structure reflect.Type, lines map[string]string) {
	name := structure.Name()
	if _, known := lines[name]; known {
		return
	}
	lines[name] = ""
	var line strings.Builder
	for field := range structure.Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || key == "-" {
			continue
		}
		line.WriteString(" " + entry(field, key))
		if below := structureIn(field.Type); below != nil {
			collect(below, lines)
		}
	}
	lines[name] = line.String()
}

func entry(field reflect.StructField, key string) string {
	if field.Anonymous && key == "" {
		return "+" + field.Type.Name()
	}
	text := field.Name + ":" + typeText(field.Type)
	if field.Anonymous {
		text = "+" + field.Type.Name()
	}
	if key != jsonName(field.Name) {
		text += "=" + key
	}
	return text
}

// jsonName lowers the capitals at the start of a name, save the one that starts its next word.
func jsonName(name string) string {
	letters := []rune(name)
	run := 0
	for run < len(letters) && unicode.IsUpper(letters[run]) {
		run++
	}
	if run > 1 && run < len(letters) {
		run--
	}
	return strings.ToLower(string(letters[:run])) + string(letters[run:])
}

func typeText(typ reflect.Type) string {
	if name, ok := opaque[typ]; ok {
		return name
	}
	switch typ.Kind() {
	case reflect.Pointer:
		return "*" + typeText(typ.Elem())
	case reflect.Slice:
		return "[]" + typeText(typ.Elem())
	case reflect.Map:
		return "map[" + typeText(typ.Key()) + "]" + typeText(typ.Elem())
	case reflect.Struct:
		return typ.Name()
	default:
		return typ.Kind().String()
	}
}

func structureIn(typ reflect.Type) reflect.Type {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
		typ = typ.Elem()
	}
	if _, ok := opaque[typ]; ok || typ.Kind() != reflect.Struct {
		return nil
	}
	return typ
}
