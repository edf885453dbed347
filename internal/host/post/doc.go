// Package post takes letters to a mail server: SMTP (RFC 5321) with STARTTLS (RFC 3207), TLS from the first byte (RFC 8314) and AUTH
// (RFC 4954). Whoever has something to say hands it in and goes on; it waits here for as long as the server does not take it.
package post
