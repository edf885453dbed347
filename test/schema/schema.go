// Package schema validates JSON documents for the tests. It knows the part of JSON Schema (draft 2020-12) that the schemas
// in docs use, and refuses a schema that uses more.
package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// Schema is one schema document.
type Schema struct {
	root map[string]any
}

// known are the words of JSON Schema that Check understands.
var known = []string{
	"$schema", "$id", "title", "description", "$defs", "$ref", "type", "enum", "const", "minimum", "properties", "required",
	"additionalProperties", "items", "anyOf",
}

// Read reads a schema from a file.
func Read(path string) (*Schema, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s := &Schema{}
	if err := json.Unmarshal(text, &s.root); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := s.understood("#", s.root); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// understood refuses words that Check would pass over.
func (s *Schema) understood(path string, node map[string]any) error {
	for word, v := range node {
		if !slices.Contains(known, word) {
			return fmt.Errorf("%s: %s is not understood", path, word)
		}
		var inner []any
		switch word {
		case "$ref":
			if _, err := s.definition(v); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		case "properties", "$defs":
			inner = slices.Collect(maps.Values(v.(map[string]any)))
		case "items", "additionalProperties":
			inner = []any{v}
		case "anyOf":
			inner = v.([]any)
		}
		for _, x := range inner {
			if m, ok := x.(map[string]any); ok {
				if err := s.understood(path+"/"+word, m); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *Schema) definition(ref any) (map[string]any, error) {
	name, ok := strings.CutPrefix(fmt.Sprint(ref), "#/$defs/")
	defs, _ := s.root["$defs"].(map[string]any)
	def, found := defs[name].(map[string]any)
	if !ok || !found {
		return nil, fmt.Errorf("%v leads nowhere", ref)
	}
	return def, nil
}

// Check says where a document, as encoding/json reads it into an any, is not what the schema promises. Stricter than JSON
// Schema is: a member that is not described is a fault, so that what is written stays documented.
func (s *Schema) Check(doc any) []string {
	var faults []string
	s.check("$", s.root, doc, &faults)
	return faults
}

func (s *Schema) check(path string, node map[string]any, v any, faults *[]string) {
	say := func(format string, args ...any) { *faults = append(*faults, path+": "+fmt.Sprintf(format, args...)) }
	if ref, ok := node["$ref"]; ok {
		def, err := s.definition(ref)
		if err != nil {
			say("%v", err)
			return
		}
		s.check(path, def, v, faults)
	}
	if any, ok := node["anyOf"].([]any); ok && !s.fitsOne(path, any, v) {
		say("fits none of the choices")
	}
	if enum, ok := node["enum"].([]any); ok && !slices.Contains(enum, v) {
		say("%v is not in %v", v, enum)
	}
	if c, ok := node["const"]; ok && c != v {
		say("%v is not %v", v, c)
	}
	if t, ok := node["type"]; ok && !isType(t, v) {
		say("is not of type %v", t)
		return
	}
	if low, ok := node["minimum"].(float64); ok {
		if n, isNumber := v.(float64); isNumber && n < low {
			say("%v is below %v", n, low)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		s.members(path, node, v, faults)
	case []any:
		if items, ok := node["items"].(map[string]any); ok {
			for i, e := range v {
				s.check(fmt.Sprintf("%s[%d]", path, i), items, e, faults)
			}
		}
	}
}

func (s *Schema) fitsOne(path string, choices []any, v any) bool {
	for _, c := range choices {
		var faults []string
		if s.check(path, c.(map[string]any), v, &faults); len(faults) == 0 {
			return true
		}
	}
	return false
}

func (s *Schema) members(path string, node, v map[string]any, faults *[]string) {
	props, described := node["properties"].(map[string]any)
	more, open := node["additionalProperties"].(map[string]any)
	for _, k := range slices.Sorted(maps.Keys(v)) {
		p, ok := props[k].(map[string]any)
		switch {
		case ok:
			s.check(path+"."+k, p, v[k], faults)
		case open:
			s.check(path+"."+k, more, v[k], faults)
		case described:
			*faults = append(*faults, path+"."+k+": is not in the schema")
		}
	}
	required, _ := node["required"].([]any)
	for _, r := range required {
		if _, ok := v[r.(string)]; !ok {
			*faults = append(*faults, fmt.Sprintf("%s.%v: is required", path, r))
		}
	}
}

func isType(want, v any) bool {
	if list, ok := want.([]any); ok {
		return slices.ContainsFunc(list, func(t any) bool { return isType(t, v) })
	}
	switch v := v.(type) {
	case nil:
		return want == "null"
	case bool:
		return want == "boolean"
	case string:
		return want == "string"
	case float64:
		return want == "number" || want == "integer" && v == float64(int64(v))
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return false
}
