// Package gaze watches files that hold one number, written by others: track files.
package gaze
