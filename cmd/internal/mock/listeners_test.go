package mock

import (
	"net"
	"testing"
)

func TestReachable(t *testing.T) {
	tests := []struct{ asked, at, want string }{
		{"127.0.0.1:0", "127.0.0.1:8202", "127.0.0.1:8202"}, {"[::1]:0", "[::1]:8202", "[::1]:8202"},
		{"0.0.0.0:0", "[::]:8202", "127.0.0.1:8202"}, {"0.0.0.0:0", "0.0.0.0:8202", "127.0.0.1:8202"},
		{":8202", "[::]:8202", "127.0.0.1:8202"}, {"[::]:0", "[::]:8202", "[::1]:8202"}, {"192.0.2.1:0", "192.0.2.1:8202", "192.0.2.1:8202"},
	}
	for _, test := range tests {
		at, err := net.ResolveTCPAddr("tcp", test.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := reachable(test.asked, at); got != test.want {
			t.Errorf("asked for %s, listening on %s: got %s, want %s", test.asked, test.at, got, test.want)
		}
	}
}
