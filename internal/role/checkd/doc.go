// Package checkd runs the virtual servers: it carries out what the Director of core/check decides.
//
//	         results           ┌────────────── loop ─────────────┐
//	servers ──── prober ──────▶│ check.Director; one epoll, that │
//	scripts ──── trials ──────▶│ of the prober                   │
//	addresses, files ─────────▶└───┬───────────────┬─────────────┘
//	                       operations (queue)   tidings (queue)
//	                               ▼               ▼
//	kernel ◀──── IPVS ──────── hand ◀── waits ── teller ──▶ log lines, notify scripts, FIFO
//
// The loop never waits for the others. The hand applies operations in batches and looks every second whether the kernel still
// holds what it was told to. The teller tells of a change when the hand has made it, so that a script finds the table as its
// call says.
package checkd
