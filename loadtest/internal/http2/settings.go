package http2

import "encoding/binary"

// The settings of RFC 9113, section 6.5.2.
const (
	tableSizeSetting uint16 = 1 + iota
	pushSetting
	streamsSetting
	windowSetting
	frameSizeSetting
	headsSetting
)

// settings takes SETTINGS (RFC 9113, section 6.5).
func (c *Conn) settings(h frameHeader, p []byte) *Error {
	switch {
	case h.stream != 0:
		return broken(ProtocolError, "SETTINGS on a stream")
	case h.flags&ack != 0 && h.length != 0, h.length%6 != 0:
		return broken(FrameSizeError, "a SETTINGS frame of the wrong length")
	case h.flags&ack != 0:
		if !c.greeted {
			return broken(ProtocolError, "it did not begin with SETTINGS of its own")
		}
		return nil
	}
	c.greeted = true
	for ; len(p) > 0; p = p[6:] {
		if err := c.setting(binary.BigEndian.Uint16(p), binary.BigEndian.Uint32(p[2:])); err != nil {
			return err
		}
	}
	before := len(c.out)
	c.out = appendFrame(c.out, frameHeader{kind: settingsFrame, flags: ack})
	if err := c.reply(before); err != nil {
		return err
	}
	c.resume()
	return nil
}

func (c *Conn) setting(id uint16, value uint32) *Error {
	switch id {
	case pushSetting:
		if value != 0 { // a server must not ask for it
			return broken(ProtocolError, "SETTINGS_ENABLE_PUSH from a server")
		}
	case streamsSetting:
		c.limit = min(value, maxInt31)
	case windowSetting:
		if value > maxInt31 {
			return broken(FlowControlError, "a window of more than 2^31-1 bytes")
		}
		return c.moveWindows(int64(value))
	case frameSizeSetting:
		if value < maxFrame || value > 1<<24-1 {
			return broken(ProtocolError, "SETTINGS_MAX_FRAME_SIZE out of its bounds")
		}
		c.frameSize = int(value)
	}
	return nil
}

// moveWindows changes what open streams may send, too; it may fall below 0 (RFC 9113, section 6.9.2).
func (c *Conn) moveWindows(to int64) *Error {
	by := to - c.streamSend
	c.streamSend = to
	for _, s := range c.streams.places {
		if s == nil {
			continue
		}
		if s.send += by; s.send > maxInt31 {
			return broken(FlowControlError, "a window of more than 2^31-1 bytes")
		}
	}
	return nil
}

// windowUpdate takes WINDOW_UPDATE (RFC 9113, section 6.9).
func (c *Conn) windowUpdate(h frameHeader, p []byte, now int64) *Error {
	if h.length != 4 {
		return broken(FrameSizeError, "a WINDOW_UPDATE frame of the wrong length")
	}
	by := int64(binary.BigEndian.Uint32(p) & maxInt31)
	if h.stream == 0 {
		if c.send += by; by == 0 || c.send > maxInt31 {
			return broken(windowCode(by), "a WINDOW_UPDATE out of its bounds")
		}
		c.resume()
		return nil
	}
	s, err := c.stream(h)
	if err != nil || s == nil {
		return err
	}
	if s.send += by; by == 0 || s.send > maxInt31 {
		wrong := malformed(windowCode(by), "a WINDOW_UPDATE out of its bounds")
		c.reset(s, now, wrong.Code, wrong)
		return nil
	}
	if len(s.rest) > 0 {
		c.writeBody(s)
	}
	return nil
}

// windowCode is the code for an update that is not allowed: by nothing, or too far.
func windowCode(by int64) Code {
	if by == 0 {
		return ProtocolError
	}
	return FlowControlError
}
