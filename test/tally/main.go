package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
)

func main() {
	again := flag.String("again", "", "packages whose failed tests are run once more, alone: a regular expression")
	flag.Parse()
	t := newTally(os.Stdout)
	if err := t.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
	if *again != "" {
		packages, err := regexp.Compile(*again)
		if err != nil {
			fmt.Fprintln(os.Stderr, "tally: -again:", err)
			os.Exit(1)
		}
		t.again(packages, goTest)
	}
	if !t.finish() {
		os.Exit(1)
	}
}
