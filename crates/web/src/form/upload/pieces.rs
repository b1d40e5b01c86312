//! A body on its way to the parser, in pieces so small that a part without an end is noticed while it arrives.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::stream::Stream;

/// The parser is fed at most so many bytes at a time: it buffers what it is fed until it finds a boundary.
pub(super) const PIECE: usize = 64 * 1024;
/// The most bytes before a part's content begins, its headers included.
pub(super) const HEAD_LIMIT: usize = 3 * PIECE;

/// A body in small pieces. After each it is pending once, so that the parser looks at what it has: it would otherwise buffer all that has arrived.
pub(super) struct Pieces<S> {
    body: S,
    rest: Bytes,
    /// Bytes since the parser last found a part or some of its content.
    since_progress: Arc<AtomicUsize>,
    must_pause: bool,
}

impl<S> Pieces<S> {
    pub(super) fn of(body: S, since_progress: Arc<AtomicUsize>) -> Pieces<S> {
        Pieces {
            body,
            rest: Bytes::new(),
            since_progress,
            must_pause: false,
        }
    }
}

impl<S, E> Stream for Pieces<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let pieces = self.get_mut();
        if std::mem::take(&mut pieces.must_pause) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        while pieces.rest.is_empty() {
            match ready!(Pin::new(&mut pieces.body).poll_next(context)) {
                Some(Ok(bytes)) => pieces.rest = bytes,
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                None => return Poll::Ready(None),
            }
        }
        let piece = pieces.rest.split_to(pieces.rest.len().min(PIECE));
        let before = pieces
            .since_progress
            .fetch_add(piece.len(), Ordering::Relaxed);
        if before + piece.len() > HEAD_LIMIT {
            return Poll::Ready(Some(Err("a part does not begin".into())));
        }
        pieces.must_pause = true;
        Poll::Ready(Some(Ok(piece)))
    }
}
