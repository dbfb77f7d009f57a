// Package reach says where a request goes, and what it may therefore carry: origins, how far addresses
// reach, and the one rule about which credential goes to which origin.
//
//	reach.Origin("https://API.example.com:443/v1") // "https://api.example.com"
//	reach.Keys{Home: home, Trusted: trusted}.Open(url)
//	class.MayReach("169.254.169.254:80")           // an error
//
// It resolves no names and opens no connections.
package reach
