//! What host and workers say to each other: length-delimited frames over a socket pair, each a [`Request`] or a
//! [`Response`].

pub mod channel;
pub mod message;
pub mod trust;

pub use message::{Request, Response};
