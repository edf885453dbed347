// Package track judges tracked scripts: what a row of results means for a script's status, and what a status means
// for those who track it. Pure: whoever runs the scripts says how each run ended.
//
//	      rise successes in a row ──▶
//	KO  0 … rise-1 │ rise … rise+fall-1  OK
//	              ◀── fall failures in a row
package track
