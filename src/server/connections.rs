//! Connections: they are taken, served and ended. One on which nothing moves, or whose client does not come to the end of a
//! request's head, costs that client nothing, and the service a place in a table that has an end: such are closed.

use std::convert::Infallible;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{Instant, Sleep};
use tower::{Service, ServiceExt as _};

/// How long clients are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// While nothing is read or written.
    pub silence: Duration,
    /// From the first byte of a request, or the end of the one before, until its head is complete.
    pub head: Duration,
}

/// Serves HTTP/1.1 until `stopped` says so, and then ends well: no connection is taken any more, and each that is there ends
/// with the request that it serves.
pub async fn serve<S>(mut listener: TcpListener, service: S, patience: Patience, mut stopped: watch::Receiver<bool>)
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let open = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.head);
    loop {
        let stream = tokio::select! {
            // What goes wrong when a connection is taken is waited for in there.
            (stream, _) = Listener::accept(&mut listener) => stream,
            // Whoever could say so is gone.
            _ = stopped.wait_for(|stop| *stop) => break,
        };
        // Answers are written whole; waiting for more of them only delays them.
        let _ = stream.set_nodelay(true);
        let stream = TokioIo::new(Connection::new(stream, patience.silence));
        let service = service
            .clone()
            .map_request(|request: hyper::Request<Incoming>| request.map(Body::new));
        let connection = http.serve_connection(stream, TowerToHyperService::new(service));
        let connection = open.watch(connection);
        tokio::spawn(async move {
            // Clients may go when they want to.
            let _ = connection.await;
        });
    }
    drop(listener);
    open.shutdown().await;
}

/// A connection that is closed when nothing is read or written for some time.
struct Connection<S> {
    stream: S,
    patience: Duration,
    end: Pin<Box<Sleep>>,
}

impl<S> Connection<S> {
    fn new(stream: S, patience: Duration) -> Self {
        Self {
            stream,
            patience,
            end: Box::pin(tokio::time::sleep(patience)),
        }
    }

    /// Something moved.
    fn moved(&mut self) {
        let end = Instant::now() + self.patience;
        self.end.as_mut().reset(end);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            self.moved();
            return read;
        }
        self.end
            .as_mut()
            .poll(context)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if written.is_ready() {
            self.moved();
            return written;
        }
        self.end
            .as_mut()
            .poll(context)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        if written.is_ready() {
            self.moved();
            return written;
        }
        self.end
            .as_mut()
            .poll(context)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn served(patience: Patience) -> (std::net::SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = watch::channel(false);
        let service = axum::Router::new().route("/", axum::routing::get(async || "here"));
        (address, stop, tokio::spawn(serve(listener, service, patience, stopped)))
    }

    #[tokio::test]
    async fn heads_that_come_byte_by_byte_are_not_waited_for() {
        let patience = Patience {
            silence: Duration::from_secs(60),
            head: Duration::from_millis(300),
        };
        let (address, stop, serving) = served(patience).await;
        let mut client = tokio::net::TcpStream::connect(address).await.expect("connected");
        // A first request that is as it should be does not change that.
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .expect("sent");
        let mut answer = [0; 1024];
        let length = client.read(&mut answer).await.expect("an answer");
        assert!(answer[..length].starts_with(b"HTTP/1.1 200"));
        let (mut reader, mut writer) = client.split();
        let dribble = async {
            while writer.write_all(b"G").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            () = dribble => {}
            // Closed by the service: nothing more, or an error.
            end = reader.read(&mut answer) => assert!(!matches!(end, Ok(1..)), "an answer to half a head"),
        }
        stop.send(true).expect("it serves");
        serving.await.expect("it ends");
    }

    #[tokio::test]
    async fn silence_ends_a_connection_and_movement_keeps_it() {
        let (mut client, service) = tokio::io::duplex(64);
        let mut service = Connection::new(service, Duration::from_millis(400));
        let mut byte = [0];
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            client.write_all(b"x").await.expect("sent");
            service.read_exact(&mut byte).await.expect("received");
        }
        let error = service.read_exact(&mut byte).await.expect_err("nothing came");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn who_takes_nothing_is_not_written_to_for_ever() {
        let (_client, service) = tokio::io::duplex(64);
        let mut service = Connection::new(service, Duration::from_millis(50));
        let error = service.write_all(&[0; 1000]).await.expect_err("nobody takes it");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
