// Package fifo writes events to named pipes that others read.
package fifo
