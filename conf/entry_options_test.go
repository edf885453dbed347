package conf

import (
	"slices"
	"testing"
)

// TestEntryOptionsAreRead: the words that editors highlight behind an address are those that the decoder reads there.
func TestEntryOptionsAreRead(t *testing.T) {
	for _, w := range addressOptions {
		if !slices.Contains(EntryOptions("virtual_ipaddress"), w) {
			t.Errorf("%s is read behind an address and is not among its options", w)
		}
	}
	for _, w := range EntryOptions("virtual_ipaddress") {
		if w != "track_group" && !slices.Contains(addressOptions, w) { // of static_ipaddress alone
			t.Errorf("%s is among the options of an address and is not read behind one", w)
		}
	}
	for name := range entryOptions {
		if !slices.ContainsFunc(Keywords(), func(k Keyword) bool { return k.Name == name && HoldsEntries(k.Opens) }) {
			t.Errorf("no keyword %s opens a block of entries", name)
		}
	}
}
