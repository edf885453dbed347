package conf

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"holdfast/conf/diag"
)

// HMAC is an auth_hmac block: each advert carries a trailer signed with HMAC-SHA256-128.
type HMAC struct {
	At        diag.Span
	Keys      []HMACKey
	ActiveKey Value[uint8] // the ID of the key that signs
	Replay    Value[Replay]
	Window    Value[time.Duration] // without one: three advert intervals in whole seconds, 5 to 300 s
	Mode      Value[HMACMode]
}

// HMACKey is one "key" line. Either Secret or File is set.
type HMACKey struct {
	At     diag.Span
	ID     Value[uint8]  // 1–255
	Secret Value[string] // 32 to 64 bytes
	File   Value[string] // path of a file that holds the secret
}

// Words are those behind "key".
func (k *HMACKey) Words() []string {
	id := strconv.Itoa(int(k.ID.V))
	if k.File.Set() {
		return []string{id, "file:" + k.File.V}
	}
	plain := !strings.HasPrefix(k.Secret.V, "hex:") && !strings.HasPrefix(k.Secret.V, "file:")
	for _, r := range k.Secret.V {
		plain = plain && r > ' ' && r < 0x7f && !strings.ContainsRune("\"!#{}$~@\\", r)
	}
	if !plain {
		return []string{id, "hex:" + hex.EncodeToString([]byte(k.Secret.V))}
	}
	return []string{id, k.Secret.V}
}

// Replay says how an old advert is told from a new one.
type Replay uint8

// The values of the keyword "anti_replay".
const (
	ReplayTime      Replay = iota // by the clock: adverts outside the window are stale
	ReplayMonotonic               // by the number alone
)

// String gives the keyword's word.
func (r Replay) String() string { return [...]string{"time", "monotonic"}[r] }

// HMACMode says what a missing trailer means.
type HMACMode uint8

// The values of the keyword "mode".
const (
	HMACEnforce     HMACMode = iota // sent and required
	HMACPermissive                  // sent; adverts without one are believed
	HMACReceiveOnly                 // not sent; those that come are verified
)

// String gives the keyword's word.
func (m HMACMode) String() string {
	return [...]string{"enforce", "permissive", "receive-only"}[m]
}
