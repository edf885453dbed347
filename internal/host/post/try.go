package post

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"

	"holdfast/internal/core/mail"
)

// Try hands one letter over, once, and tells each step of the conversation: what is said begins with ">", what is heard with "<". The
// error says why nobody got it, or who did not.
func Try(ctx context.Context, settings mail.Settings, l mail.Letter, trace func(step string)) error {
	s := settings.Signed(whoami(ctx))
	c, err := dial(ctx, &s, func(to net.Addr) { trace("- connected to " + place(to.String())) }, trace)
	if err != nil {
		return err
	}
	bad, err := c.send(l, s.To)
	c.quit()
	if err != nil {
		return err
	}
	var all []error
	for _, to := range slices.Compact(slices.Sorted(slices.Values(s.To))) {
		if r := bad[to]; r != nil {
			all = append(all, fmt.Errorf("%s: %w", to, r))
		}
	}
	return errors.Join(all...)
}
