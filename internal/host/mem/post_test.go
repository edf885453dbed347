package mem_test

import (
	"testing"

	"holdfast/internal/core/mail"
	"holdfast/internal/host/mem"
	"holdfast/internal/host/post/contract"
)

func TestPost(t *testing.T) {
	contract.Run(t, func(t *testing.T) (contract.Poster, mail.Settings, func() string) {
		p := &mem.Post{}
		var here [][]byte
		next := func() string {
			if here = append(here, p.Take()...); len(here) == 0 {
				t.Fatal("nothing has arrived")
			}
			text := here[0]
			here = here[1:]
			return string(text)
		}
		return p, mail.Settings{From: "lb1@example.org", To: []string{"one@example.net"}}, next
	})
}
