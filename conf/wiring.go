package conf

import "sync"

// theGrammar is the language, arranged once.
var theGrammar = sync.OnceValue(newGrammar)

// setters returns the decoders of a block's keywords.
func setters(b Block) map[string]wired {
	switch b {
	case blockRoot:
		return rootSetters
	case blockGlobal:
		return globalSetters
	case blockScript:
		return scriptSetters
	case blockGroup:
		return groupSetters
	case blockGARPGroup:
		return garpGroupSetters
	case blockTrackGroup:
		return trackGroupSetters
	case blockTrackFile:
		return trackFileSetters
	case blockTrackProcess:
		return processSetters
	case blockBFD:
		return bfdSetters
	case blockInstance:
		return instanceSetters
	case blockAuth:
		return authSetters
	case blockHMAC:
		return hmacSetters
	case blockVirtual:
		return virtualSetters
	case blockReal:
		return realSetters
	case blockHTTP:
		return httpSetters
	case blockURL:
		return urlSetters
	case blockTCP:
		return tcpSetters
	case blockPing:
		return pingSetters
	case blockGRPC:
		return grpcSetters
	case blockTLS:
		return tlsSetters
	case blockHost:
		return hostSetters
	case blockSMTP:
		return smtpSetters
	case blockDNS:
		return dnsSetters
	case blockMisc:
		return miscSetters
	case blockBFDCheck:
		return bfdCheckSetters
	case blockUDP:
		return udpSetters
	case blockFile:
		return fileCheckSetters
	case blockSSL:
		return sslSetters
	}
	return nil
}
