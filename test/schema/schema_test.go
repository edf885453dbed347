package schema

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.json")
	text := `{"type": "object", "required": ["n"], "properties": {
		"n": {"type": "integer", "minimum": 1},
		"kind": {"enum": ["a", "b"]},
		"list": {"type": "array", "items": {"$ref": "#/$defs/item"}},
		"any": {"anyOf": [{"type": "string"}, {"const": 7}]},
		"map": {"type": "object", "additionalProperties": {"type": ["string", "null"]}}},
		"$defs": {"item": {"type": "object", "properties": {"x": {"type": "boolean"}}}}}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	for doc, want := range map[string]string{
		`{"n": 1, "kind": "a", "list": [{"x": true}], "any": 7, "map": {"k": null}}`: "",
		`{}`:                            "$.n: is required",
		`{"n": 1.5}`:                    "$.n: is not of type integer",
		`{"n": 0}`:                      "$.n: 0 is below 1",
		`{"n": 1, "kind": "c"}`:         "$.kind: c is not in [a b]",
		`{"n": 1, "list": [{"x": 1}]}`:  "$.list[0].x: is not of type boolean",
		`{"n": 1, "list": [{"y": 1}]}`:  "$.list[0].y: is not in the schema",
		`{"n": 1, "any": false}`:        "$.any: fits none of the choices",
		`{"n": 1, "map": {"k": false}}`: "$.map.k: is not of type [string null]",
		`{"n": 1, "more": 1}`:           "$.more: is not in the schema",
		`[]`:                            "$: is not of type object",
	} {
		var v any
		if err := json.Unmarshal([]byte(doc), &v); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(s.Check(v), "\n"); got != want {
			t.Errorf("%s: got %q, want %q", doc, got, want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.json")
	for text, want := range map[string]string{
		`{"properties": {"a": {"pattern": "x"}}}`: "pattern is not understood",
		`{"items": {"$ref": "#/$defs/none"}}`:     "leads nowhere",
		`{`:                                       "unexpected end",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
