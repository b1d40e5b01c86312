//! The TCP stream of a connection. It reports reads and writes, and before it reads it overwrites what earlier requests left in the read buffer: a
//! form would otherwise stay in memory until the next request, and a voter's browser may send none after the vote.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use crate::door::{BUFFER, connection::Connection};

pub struct Watched {
    stream: TcpStream,
    connection: Arc<Connection>,
    read: Read,
}

/// The range of memory addresses of the read buffer in use that bytes were read into.
#[derive(Default)]
struct Read {
    from: usize,
    to: usize,
}

impl Read {
    /// How many bytes from a memory address on may hold something that was read before; at most `room`.
    fn left_from(&self, address: usize, room: usize) -> usize {
        if self.from < address + room {
            self.to.saturating_sub(address).min(room)
        } else {
            0
        }
    }

    fn note(&mut self, address: usize, count: usize) {
        let is_near = address <= self.to + BUFFER && self.from <= address + BUFFER;
        // What is further away was another buffer, which the allocator overwrote when it was freed.
        let from = if is_near { self.from } else { address };
        let to = if is_near { self.to } else { address };
        *self = Read {
            from: from.min(address),
            to: to.max(address + count),
        };
    }
}

impl Watched {
    pub fn new(stream: TcpStream, connection: Arc<Connection>) -> Watched {
        Watched {
            stream,
            connection,
            read: Read::default(),
        }
    }

    fn written(&self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &polled {
            Poll::Ready(Ok(bytes)) => self.connection.on_written(*bytes),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.connection.on_blocked(),
        }
        polled
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let address = buffer.initialize_unfilled_to(0).as_ptr().addr();
        // What is overwritten may be a vote: hyper polls for the next request as soon as it has answered.
        buffer.initialize_unfilled_to(self.read.left_from(address, buffer.remaining()));
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let count = buffer.filled().len() - before;
        if count > 0 {
            self.read.note(address, count);
            self.connection.on_read();
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.written(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        if polled.is_ready() {
            self.connection.on_flushed();
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_left_until_it_is_overwritten() {
        let mut read = Read::default();
        let (buffer, other) = (1 << 20, 1 << 24);
        assert_eq!(read.left_from(buffer, 8_192), 0);
        // A request in two pieces.
        read.note(buffer, 100);
        read.note(buffer + 100, 50);
        for (from, room, left) in [
            (buffer, 8_192, 150),
            (buffer, 10, 10),
            (buffer + 150, 8_042, 0),
            (buffer - 20, 8_192, 170),
            (buffer - 20, 20, 0),
        ] {
            assert_eq!(read.left_from(from, room), left, "{from} {room}");
        }
        // The next is shorter, and begins where the first did.
        read.note(buffer, 20);
        assert_eq!(read.left_from(buffer, 8_192), 150);
        // Another buffer.
        read.note(other, 30);
        assert_eq!(read.left_from(other, 8_192), 30);
        assert_eq!(read.left_from(buffer, 8_192), 0);
    }
}
