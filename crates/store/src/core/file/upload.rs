//! A file that is sent in parts, as it is read.

use std::sync::Arc;

use anyhow::{Context, Result};
use bytes::Bytes;
use object_store::{ObjectStore, buffered::BufWriter, path::Path as Key};
use tokio::{io::AsyncWriteExt, runtime::Handle};

/// What a file is sent in parts of: a bucket takes none below 5 MB.
pub(super) const PART: usize = 8 * 1024 * 1024;

/// Parts that are on their way at a time.
const PARTS_AT_ONCE: usize = 2;

/// One that is let go before its end takes away the parts that are there: no file would ever come of them, and a bucket keeps and charges them unseen.
pub(super) struct Upload(Option<BufWriter>);

impl Upload {
    pub(super) fn begun(store: &Arc<dyn ObjectStore>, key: Key) -> Upload {
        let target = BufWriter::with_capacity(Arc::clone(store), key, PART);
        Upload(Some(target.with_max_concurrency(PARTS_AT_ONCE)))
    }

    /// # Errors
    /// When a part can't be sent.
    pub(super) async fn put(&mut self, portion: Bytes) -> Result<()> {
        if let Some(target) = &mut self.0 {
            target.put(portion).await?;
        }
        Ok(())
    }

    /// Sends the rest; then the file is there. In a task of its own, which goes on if nobody waits for it any more: half-way, neither the parts could be taken away
    /// nor would they be a file, while a file that nobody knows of is swept.
    ///
    /// # Errors
    /// When it can't be ended.
    pub(super) async fn end(mut self) -> Result<()> {
        let Some(mut target) = self.0.take() else {
            return Ok(());
        };
        let ended = tokio::spawn(async move { target.shutdown().await });
        ended.await.context("the end of an upload")??;
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let (Some(mut target), Ok(runtime)) = (self.0.take(), Handle::try_current()) else {
            return;
        };
        runtime.spawn(async move {
            if let Err(error) = target.abort().await {
                tracing::warn!(%error, "the parts of a broken-off upload are left in the bucket");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use async_trait::async_trait;
    use futures_util::stream::BoxStream;
    use object_store::{
        CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
        PutMultipartOptions, PutOptions, PutPayload, PutResult, UploadPart, memory::InMemory,
    };
    use tokio::sync::{
        mpsc::{self, UnboundedReceiver, UnboundedSender},
        oneshot,
    };

    use super::*;

    type Stored<T> = object_store::Result<T>;

    /// A place of files that tells what becomes of uploads in parts.
    #[derive(Debug)]
    struct Telling {
        files: InMemory,
        events: UnboundedSender<&'static str>,
    }

    impl fmt::Display for Telling {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.files.fmt(f)
        }
    }

    #[derive(Debug)]
    struct Parts {
        upload: Box<dyn MultipartUpload>,
        events: UnboundedSender<&'static str>,
    }

    #[async_trait]
    impl MultipartUpload for Parts {
        fn put_part(&mut self, data: PutPayload) -> UploadPart {
            self.upload.put_part(data)
        }

        async fn complete(&mut self) -> Stored<PutResult> {
            self.events.send("ended").unwrap();
            self.upload.complete().await
        }

        async fn abort(&mut self) -> Stored<()> {
            let aborted = self.upload.abort().await;
            self.events.send("aborted").unwrap();
            aborted
        }
    }

    #[async_trait]
    impl ObjectStore for Telling {
        async fn put_opts(
            &self,
            location: &Key,
            payload: PutPayload,
            opts: PutOptions,
        ) -> Stored<PutResult> {
            self.files.put_opts(location, payload, opts).await
        }

        async fn put_multipart_opts(
            &self,
            location: &Key,
            opts: PutMultipartOptions,
        ) -> Stored<Box<dyn MultipartUpload>> {
            Ok(Box::new(Parts {
                upload: self.files.put_multipart_opts(location, opts).await?,
                events: self.events.clone(),
            }))
        }

        async fn get_opts(&self, location: &Key, options: GetOptions) -> Stored<GetResult> {
            self.files.get_opts(location, options).await
        }

        fn delete_stream(
            &self,
            locations: BoxStream<'static, Stored<Key>>,
        ) -> BoxStream<'static, Stored<Key>> {
            self.files.delete_stream(locations)
        }

        fn list(&self, prefix: Option<&Key>) -> BoxStream<'static, Stored<ObjectMeta>> {
            self.files.list(prefix)
        }

        async fn list_with_delimiter(&self, prefix: Option<&Key>) -> Stored<ListResult> {
            self.files.list_with_delimiter(prefix).await
        }

        async fn copy_opts(&self, from: &Key, to: &Key, options: CopyOptions) -> Stored<()> {
            self.files.copy_opts(from, to, options).await
        }
    }

    fn store() -> (Arc<dyn ObjectStore>, UnboundedReceiver<&'static str>) {
        let (events, told) = mpsc::unbounded_channel();
        let files = InMemory::new();
        (Arc::new(Telling { files, events }), told)
    }

    /// More than one part.
    fn portions() -> impl Iterator<Item = Bytes> {
        std::iter::repeat_n(Bytes::from(vec![7; PART / 2]), 5)
    }

    #[tokio::test]
    async fn an_upload_that_is_let_go_takes_its_parts_away() {
        let (store, mut told) = store();
        let (begin, begun) = oneshot::channel();
        let sending = tokio::spawn({
            let store = Arc::clone(&store);
            async move {
                let mut upload = Upload::begun(&store, Key::from("table"));
                for portion in portions() {
                    upload.put(portion).await.unwrap();
                }
                begin.send(()).unwrap();
                std::future::pending::<()>().await;
            }
        });
        // As a job that is stopped in the middle of it.
        begun.await.unwrap();
        sending.abort();
        assert!(sending.await.unwrap_err().is_cancelled());
        assert_eq!(told.recv().await, Some("aborted"));

        let mut upload = Upload::begun(&store, Key::from("table"));
        for portion in portions() {
            upload.put(portion).await.unwrap();
        }
        upload.end().await.unwrap();
        assert_eq!(told.recv().await, Some("ended"));
        assert!(told.try_recv().is_err());
        let found = store.list_with_delimiter(None).await.unwrap().objects;
        assert_eq!(found[0].size, 5 * PART as u64 / 2);
    }

    #[tokio::test]
    async fn a_short_file_is_sent_at_once() {
        let (store, mut told) = store();
        let mut upload = Upload::begun(&store, Key::from("table"));
        upload.put(Bytes::from_static(b"short")).await.unwrap();
        upload.end().await.unwrap();
        let found = store.list_with_delimiter(None).await.unwrap().objects;
        assert_eq!((found.len(), found[0].size), (1, 5));
        assert!(told.try_recv().is_err());
    }
}
