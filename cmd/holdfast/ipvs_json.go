package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"holdfast/ipvs"
)

// The members of the JSON document: see docs/ipvs.schema.json.
type (
	jsonTable struct {
		Version  int           `json:"version"`
		IPVS     string        `json:"ipvs"`
		Size     uint32        `json:"connection_table_size"`
		Timeouts jsonTimeouts  `json:"timeouts"`
		Daemons  []jsonDaemon  `json:"sync_daemons"`
		Services []jsonService `json:"services"`
	}
	jsonTimeouts struct {
		TCP    int64 `json:"tcp"`
		TCPFin int64 `json:"tcp_fin"`
		UDP    int64 `json:"udp"`
	}
	jsonDaemon struct {
		State     string `json:"state"`
		Interface string `json:"interface"`
		SyncID    uint8  `json:"sync_id"`
		MaxLen    uint16 `json:"max_len"`
		Group     string `json:"group,omitempty"` // kernels before 4.3 do not tell it, nor what follows
		Port      uint16 `json:"port"`
		TTL       uint8  `json:"ttl"`
	}
	jsonService struct {
		Family      string           `json:"family"`
		Protocol    string           `json:"protocol,omitempty"`
		Address     string           `json:"address,omitempty"`
		Port        *uint16          `json:"port,omitempty"`
		Mark        uint32           `json:"fwmark,omitempty"`
		Scheduler   string           `json:"scheduler"`
		Flags       []string         `json:"scheduler_flags"`
		OnePacket   bool             `json:"one_packet"`
		Persistence *jsonPersistence `json:"persistence"`
		Stats       jsonStats        `json:"stats"`
		Rates       jsonStats        `json:"rates"`
		Dests       []jsonDest       `json:"destinations"`
	}
	jsonPersistence struct {
		Timeout int64  `json:"timeout"`
		Mask    string `json:"mask,omitempty"`
		Engine  string `json:"engine,omitempty"`
	}
	jsonStats struct {
		Connections uint64 `json:"connections"`
		InPackets   uint64 `json:"in_packets"`
		OutPackets  uint64 `json:"out_packets"`
		InBytes     uint64 `json:"in_bytes"`
		OutBytes    uint64 `json:"out_bytes"`
	}
	jsonDest struct {
		Address    string      `json:"address"`
		Port       uint16      `json:"port"`
		Forward    string      `json:"forward"`
		Tunnel     *jsonTunnel `json:"tunnel,omitempty"`
		Weight     int32       `json:"weight"`
		Upper      uint32      `json:"upper_threshold"`
		Lower      uint32      `json:"lower_threshold"`
		Active     uint32      `json:"active_connections"`
		Inactive   uint32      `json:"inactive_connections"`
		Persistent uint32      `json:"persistent_connections"`
		Stats      jsonStats   `json:"stats"`
		Rates      jsonStats   `json:"rates"`
	}
	jsonTunnel struct {
		Type     string `json:"type"`
		Port     uint16 `json:"port,omitempty"`
		Checksum string `json:"checksum"`
	}
)

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

func (b *balanced) json(out io.Writer) error {
	v := b.info.Version
	doc := jsonTable{
		Version: 1, IPVS: fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch), Size: b.info.TableSize,
		Timeouts: jsonTimeouts{seconds(b.timeouts.TCP), seconds(b.timeouts.TCPFin), seconds(b.timeouts.UDP)},
		Daemons:  []jsonDaemon{}, Services: []jsonService{},
	}
	for _, d := range b.daemons {
		doc.Daemons = append(doc.Daemons, daemonJSON(&d))
	}
	for _, s := range b.services {
		doc.Services = append(doc.Services, serviceJSON(&s))
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

func daemonJSON(d *ipvs.Daemon) jsonDaemon {
	j := jsonDaemon{State: d.State.String(), Interface: d.Interface, SyncID: d.SyncID, MaxLen: d.MaxLen, Port: d.Port, TTL: d.TTL}
	if d.Group.IsValid() {
		j.Group = d.Group.String()
	}
	return j
}

func serviceJSON(s *balancedService) jsonService {
	j := jsonService{
		Family: s.Family.String(), Mark: s.Mark, Scheduler: s.Scheduler, OnePacket: s.Flags&ipvs.OnePacket != 0,
		Stats: statsJSON(s.Stats), Rates: ratesJSON(s.Stats), Dests: []jsonDest{},
	}
	if !s.IsMark() {
		port := s.Addr.Port()
		j.Protocol, j.Address, j.Port = strings.ToLower(s.Protocol.String()), s.Addr.Addr().String(), &port
	}
	if j.Flags = schedulerFlags(s.Service); s.Flags&ipvs.Sched3 != 0 && !slices.Contains(j.Flags, "flag-3") {
		j.Flags = append(j.Flags, "flag-3")
	}
	if s.Flags&ipvs.Persistent != 0 {
		j.Persistence = &jsonPersistence{Timeout: seconds(s.Timeout), Engine: s.Engine}
		if s.Mask.IsValid() {
			j.Persistence.Mask = maskWord(s.Service)
		}
	}
	for _, d := range s.dests {
		j.Dests = append(j.Dests, destJSON(&d))
	}
	return j
}

func destJSON(d *ipvs.DestinationStatus) jsonDest {
	j := jsonDest{
		Address: d.Addr.Addr().String(), Port: d.Addr.Port(), Forward: d.Forward.String(), Weight: d.Weight, Upper: d.Upper, Lower: d.Lower,
		Active: d.Active, Inactive: d.Inactive, Persistent: d.Persistent, Stats: statsJSON(d.Stats), Rates: ratesJSON(d.Stats),
	}
	if d.Forward == ipvs.Tunnel {
		j.Tunnel = &jsonTunnel{Type: d.Encap.Type.String(), Checksum: "none"}
		if d.Encap.Type == ipvs.GUE {
			j.Tunnel.Port = d.Encap.Port
		}
		switch {
		case d.Encap.Flags&ipvs.Checksum != 0:
			j.Tunnel.Checksum = "full"
		case d.Encap.Flags&ipvs.RemoteChecksum != 0:
			j.Tunnel.Checksum = "remote"
		}
	}
	return j
}

func statsJSON(s ipvs.Stats) jsonStats {
	return jsonStats{s.Connections, s.InPackets, s.OutPackets, s.InBytes, s.OutBytes}
}

func ratesJSON(s ipvs.Stats) jsonStats {
	return jsonStats{s.ConnectionsPerSec, s.InPacketsPerSec, s.OutPacketsPerSec, s.InBytesPerSec, s.OutBytesPerSec}
}
