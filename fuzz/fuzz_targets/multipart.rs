//! A multipart form in chunks: the first byte says how long they are.
#![no_main]

use std::{
    convert::Infallible,
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use futures_util::stream;
use libfuzzer_sys::fuzz_target;

#[path = "../../crates/web/src/form/upload.rs"]
#[expect(
    dead_code,
    reason = "the program's own file, of which a part is used here"
)]
mod upload;

fuzz_target!(|bytes: &[u8]| {
    let Some((length, body)) = bytes.split_first() else {
        return;
    };
    let chunks: Vec<Result<Bytes, Infallible>> = body
        .chunks(usize::from(*length).max(1))
        .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
        .collect();
    let polls = 10 * chunks.len() + 1_000;
    let kind = "multipart/form-data; boundary=part";
    let mut reading = pin!(upload::read(kind, stream::iter(chunks)));
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        if let Poll::Ready(read) = reading.as_mut().poll(&mut context) {
            if let Ok(read) = read {
                let kept: usize = read.files.iter().map(|file| file.bytes.len()).sum();
                assert!(kept <= body.len());
            }
            return;
        }
    }
    panic!("the form is never read to its end");
});
