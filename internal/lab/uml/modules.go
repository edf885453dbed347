package uml

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// loadOrder returns the files of the named modules and of all that they depend on, as paths below tree, each after those that it
// needs. What is built into the kernel needs no file; a name that the kernel does not know is an error.
func loadOrder(tree string, names []string) ([]string, error) {
	builtin := make(map[string]bool)
	err := lines(filepath.Join(tree, "modules.builtin"), func(l string) { builtin[moduleName(l)] = true })
	if err != nil {
		return nil, err
	}
	files, needs := make(map[string]string), make(map[string][]string)
	err = lines(filepath.Join(tree, "modules.dep"), func(l string) {
		if file, deps, ok := strings.Cut(l, ":"); ok {
			files[moduleName(file)] = file
			needs[file] = strings.Fields(deps)
		}
	})
	if err != nil {
		return nil, err
	}
	var order []string
	listed := make(map[string]bool)
	list := func(file string) {
		if !listed[file] {
			listed[file] = true
			order = append(order, file)
		}
	}
	for _, name := range names {
		file, ok := files[name]
		if !ok && !builtin[name] {
			return nil, fmt.Errorf("%s has no module %s", tree, name)
		}
		if !ok {
			continue
		}
		// modules.dep lists all a module needs, also what its needs need, the nearest first.
		deps := needs[file]
		for i := len(deps) - 1; i >= 0; i-- {
			list(deps[i])
		}
		list(file)
	}
	return order, nil
}

// moduleName is what a file's module is called: net/foo-bar.ko is foo_bar.
func moduleName(file string) string {
	name, _, _ := strings.Cut(filepath.Base(file), ".ko")
	return strings.ReplaceAll(name, "-", "_")
}

func lines(file string, each func(string)) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	for in.Scan() {
		each(in.Text())
	}
	return in.Err()
}
