//! Requests that no HTTP library would send.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::support::Server;

/// A connection to a service.
pub struct Raw(TcpStream);

/// An answer as it came.
#[derive(Debug)]
pub struct RawAnswer {
    /// Its status.
    pub status: u16,
    /// Its first line and headers, in lower case.
    pub head: String,
    /// What came after them.
    pub body: String,
}

impl Raw {
    /// Connects.
    pub fn to(server: &Server) -> Self {
        let address = server.url.strip_prefix("http://").expect("an address");
        let stream = TcpStream::connect(address).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(120)))
            .expect("a timeout");
        Self(stream)
    }

    /// Sends bytes; the service may have closed the connection already.
    pub fn send(&mut self, bytes: &[u8]) {
        let _ = self.0.write_all(bytes);
    }

    /// Sends a request with this body, or the beginning of one.
    pub fn request(&mut self, first_line: &str, headers: &[(&str, &str)], body: &[u8]) {
        let mut head = format!("{first_line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        self.send(head.as_bytes());
        self.send(body);
    }

    /// Reads until the service closes the connection.
    pub fn answer(&mut self) -> RawAnswer {
        let mut bytes = Vec::new();
        let mut part = [0; 65536];
        // A service that closes while it is still sent to resets the connection; what came before counts.
        while let Ok(count) = self.0.read(&mut part) {
            if count == 0 {
                break;
            }
            bytes.extend_from_slice(&part[..count]);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        RawAnswer {
            status: status.unwrap_or_default(),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }
}

impl RawAnswer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }
}
