package diag_test

import (
	"fmt"
	"os"

	"holdfast/conf/diag"
)

// A finding points into a File; who shows it asks for line and column then.
func ExampleFile_Span() {
	f := diag.NewFile("web.conf", "vrrp_instance VI_1 {\n    priority 300\n}\n")
	at := f.Span(34, 3) // from byte 34, three characters
	fmt.Println(at, at.Line(), at.Col(), at.Len())

	var list diag.List
	list.Add(diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "vrrp-priority", At: at,
		Summary: "a priority is a number from 1 to 255, not '300'", Effect: "VI_1 runs at the default priority 100",
	})
	text := func(string) (string, bool) { return at.Source().Text(), true }
	if err := diag.Rich(os.Stdout, &list, diag.RichOptions{Text: text}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// web.conf:2:14 2 14 3
	// web.conf:2:14: error: a priority is a number from 1 to 255, not '300' [vrrp-priority]
	//     2 |     priority 300
	//       |              ^^^
	//       = effect: VI_1 runs at the default priority 100
}
