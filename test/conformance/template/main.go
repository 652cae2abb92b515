// The reference for src/template: Go's own text/template over the Kubernetes types that the Go operator used.
//
//	go run . schema              prints src/template/data/kubernetes-schema.ts
//	go run . run < cases.json    prints recorded.json: what every case came to
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	switch {
	case len(os.Args) == 2 && os.Args[1] == "schema":
		printSchema(out)
	case len(os.Args) == 2 && os.Args[1] == "run":
		var input Input
		if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
			fmt.Fprintln(os.Stderr, "cases:", err)
			os.Exit(1)
		}
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", " ")
		if err := encoder.Encode(run(input)); err != nil {
			fmt.Fprintln(os.Stderr, "results:", err)
			os.Exit(1)
		}
	default:
		fmt.Fprintln(os.Stderr, "usage: schema | run < cases.json")
		os.Exit(2)
	}
}
