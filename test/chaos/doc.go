// Package chaos does to running daemons what nobody hopes for: links that fail in any order, files that change under
// them, processes that stand still or die, logs that nobody reads, floods of bad packets. It uses the networks of
// test/netns/lab, with keepalived at one of the nodes wherever both have a say.
//
// The tests that draw lots say their seed when they fail; HOLDFAST_SEED=N draws the same again. HOLDFAST_CHAOS=1
// ("make chaos") makes the long ones as long as they were meant to be.
package chaos
