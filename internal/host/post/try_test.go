package post_test

import (
	"strings"
	"testing"
	"time"

	"holdfast/internal/core/mail"
	"holdfast/internal/host/post"
)

// What a test of the settings shows: every step, and no secret.
func TestTry(t *testing.T) {
	good, ca := certificate(t, time.Now().Add(time.Hour))
	r := newRelay(t, func(r *relay) { r.starttls, r.auth = good, "PLAIN" })
	s := r.settings()
	s.TLS, s.CA, s.User, s.Pass = mail.STARTTLS, ca, "lb1", write(t, "s3same")
	r.set("RCPT TO:<two", "550 no such user")
	var steps []string
	err := post.Try(t.Context(), s, letter("a test"), func(step string) { steps = append(steps, step) })
	if err == nil || err.Error() != "two@example.net: it answers RCPT with 550 no such user" {
		t.Errorf("error %v", err)
	}
	got := strings.Join(steps, "\n")
	at := 0
	for _, want := range []string{
		"- connected to [127.0.0.1]:", "> EHLO lb1.example.org", `- TLS 1.3, certificate of "CN=relay", valid until `, "- logged in as lb1",
		"> MAIL FROM:<lb1@example.org>\n< 250 ok", "> RCPT TO:<two@example.net>\n< 550 no such user", "> DATA\n< 354 go on\n> Date: ",
		"> Subject: [lb1] a test\n", "> => body of a test <=\n>", "< 250 taken\n> QUIT\n< 221 bye",
	} {
		i := strings.Index(got[at:], want)
		if i < 0 {
			t.Fatalf("no %q after\n%s\nin\n%s", want, got[:at], got[at:])
		}
		at += i
	}
	if strings.Contains(got, "s3same") || strings.Contains(got, "AGxi") {
		t.Errorf("a secret is told:\n%s", got)
	}
	r.close()
	if err := post.Try(t.Context(), s, letter("a test"), func(string) {}); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("error %v", err)
	}
}
