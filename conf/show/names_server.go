package show

// serverRules are about virtual servers and their checkers.
var serverRules = map[string]rule{
	"VirtualServer.Address":      {header: true},
	"VirtualServer.Mark":         {header: true, word: "fwmark"},
	"VirtualServer.Group":        {header: true, word: "group"},
	"VirtualServer.Scheduler":    {keyword: "lb_algo"},
	"VirtualServer.Forward":      {keyword: "lb_kind"},
	"VirtualServer.Persistence":  {keyword: "persistence_timeout"},
	"VirtualServer.SorryInhibit": {keyword: "sorry_server_inhibit"},
	"VirtualServer.OnePacket":    {keyword: "ops"},

	"RealServer.Address":        {header: true},
	"RealServer.Forward":        {keyword: "lvs_method"},
	"RealServer.UpperThreshold": {keyword: "uthreshold"},
	"RealServer.LowerThreshold": {keyword: "lthreshold"},
	"RealServer.Checkers":       {kinds: true},

	"Checker.Kind":   {skip: true},
	"Checker.Mark":   {keyword: "fwmark"},
	"Checker.LogAll": {keyword: "log_all_failures"},

	"URL.Status": {keyword: "status_code", oneLine: true},
}
