//! Files stored by content hash: in a folder, or in a bucket that several nodes share.

pub mod bucket;
mod upload;

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::Read,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use bytes::Bytes;
use futures_util::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use object_store::{
    ObjectStore, ObjectStoreExt, PutMode, local::LocalFileSystem, memory::InMemory,
    path::Path as Key,
};
use sha2::{Digest, Sha256};

use crate::core::file::{bucket::Bucket, upload::Upload};

/// Where an instance's files are.
#[derive(Clone)]
pub enum Storage {
    Folder(PathBuf),
    Bucket(Bucket),
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Storage::Folder(folder) => write!(f, "{}", folder.display()),
            Storage::Bucket(bucket) => write!(f, "{bucket}"),
        }
    }
}

/// A stored file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    Whole(Bytes),
    /// Its content does not match its hash: somebody changed it, or the disk lost part of it.
    Damaged,
}

/// Where files are stored. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files(Arc<dyn ObjectStore>);

impl Files {
    /// Files where the settings say; a folder is created if missing.
    pub fn open(storage: &Storage) -> Result<Files> {
        match storage {
            Storage::Folder(folder) => Files::in_folder(folder),
            Storage::Bucket(bucket) => Ok(Files(bucket.open()?)),
        }
    }

    /// The same where nothing is created; a missing folder holds no files.
    pub fn open_existing(storage: &Storage) -> Result<Files> {
        match storage {
            Storage::Folder(folder) => Files::in_existing_folder(folder),
            Storage::Bucket(_) => Files::open(storage),
        }
    }

    /// Files in a folder, which is created if missing.
    pub fn in_folder(folder: &Path) -> Result<Files> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} could not be made", folder.display()))?;
        // The act that names a file commits durably, so the file has to be on disk before that.
        let folder = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Files(Arc::new(folder)))
    }

    /// Files in an existing folder; a missing folder holds none and is not created.
    pub fn in_existing_folder(folder: &Path) -> Result<Files> {
        if folder.is_dir() {
            Files::in_folder(folder)
        } else {
            Ok(Files(Arc::new(InMemory::new())))
        }
    }

    /// Stores the bytes and returns their hash (SHA-256, hexadecimal). The same bytes are stored once; a damaged copy is replaced.
    pub async fn put(&self, bytes: Bytes) -> Result<String> {
        let hash = content_hash(&bytes);
        if !matches!(self.get(&hash).await, Ok(Some(Kept::Whole(_)))) {
            self.0
                .put(&key(&hash), bytes.into())
                .await
                .context("the file could not be kept")?;
        }
        Ok(hash)
    }

    pub async fn holds(&self, hash: &str) -> Result<bool> {
        match self.0.head(&key(hash)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error).context("the file could not be asked for"),
        }
    }

    /// Removes a file that was stored for an act that then failed.
    pub async fn remove(&self, hash: &str) -> Result<()> {
        self.0
            .delete(&key(hash))
            .await
            .context("the file could not be removed")
    }

    /// Writes bytes under a name that no evidence has and deletes them again: a probe of whether files can be stored.
    pub async fn try_keeping(&self, bytes: Bytes) -> Result<()> {
        let name = Key::from("ready");
        let kept = self.0.put(&name, bytes.into()).await;
        kept.context("no file can be kept")?;
        self.0
            .delete(&name)
            .await
            .context("no file can be taken away")
    }

    /// The small text under a name that no evidence has; `None` if it is not there.
    pub(crate) async fn note(&self, name: &str) -> Result<Option<String>> {
        match self.0.get(&Key::from(name)).await {
            Ok(found) => Ok(Some(String::from_utf8(found.bytes().await?.into())?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error).context("the files can't be read"),
        }
    }

    /// Writes such a text where none is yet.
    pub(crate) async fn write_note(&self, name: &str, text: String) -> Result<()> {
        self.0
            .put_opts(&Key::from(name), text.into(), PutMode::Create.into())
            .await
            .context("the files can't be written")?;
        Ok(())
    }

    /// The file with this hash. Content that does not match the hash is never returned.
    pub async fn get(&self, hash: &str) -> Result<Option<Kept>> {
        self.read(&key(hash), hash).await
    }

    async fn read(&self, key: &Key, hash: &str) -> Result<Option<Kept>> {
        match self.0.get(key).await {
            Ok(found) => {
                let bytes = found.bytes().await?;
                Ok(Some(if content_hash(&bytes) == hash {
                    Kept::Whole(bytes)
                } else {
                    Kept::Damaged
                }))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error).context("the file could not be read"),
        }
    }
}

/// A new file that its owner alone reads.
///
/// # Errors
/// If there is one of that name, or its folder is not there.
pub fn private_file(target: &Path) -> Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(target)
        .with_context(|| {
            format!(
                "{} can't be written: name a file that does not exist yet, in a folder that does",
                target.display()
            )
        })
}

impl Files {
    /// Hands each of these files over, one after the other; how many, and how many are missing or damaged.
    ///
    /// # Errors
    /// If they can't be read; and those of `each`.
    pub async fn each_whole(
        &self,
        hashes: Vec<String>,
        mut each: impl FnMut(&str, &[u8]) -> Result<()>,
    ) -> Result<(usize, usize)> {
        let (mut whole, mut missing) = (0, 0);
        for hash in hashes {
            let Some(Kept::Whole(bytes)) = self.get(&hash).await? else {
                tracing::warn!(
                    hash,
                    "a file named in the database is missing or damaged; the copy goes on without it"
                );
                missing += 1;
                continue;
            };
            each(&hash, &bytes)?;
            whole += 1;
        }
        Ok((whole, missing))
    }
}

/// The content of a file, portion by portion: never all of it is in memory.
pub type Content = BoxStream<'static, Result<Bytes>>;

/// Bytes of a portion.
const PORTION: usize = 1024 * 1024;

/// What an open file holds from where it stands, read off the threads that answer requests.
pub fn content_of(file: File) -> Content {
    let portions = stream::try_unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut portion = Vec::with_capacity(PORTION);
            file.by_ref()
                .take(PORTION as u64)
                .read_to_end(&mut portion)?;
            anyhow::Ok((portion, file))
        });
        let (portion, file) = read.await??;
        Ok((!portion.is_empty()).then(|| (Bytes::from(portion), file)))
    });
    portions.boxed()
}

/// Files that are somebody's for a while: results of jobs. They lie apart from evidence, since they are removed, and whoever uploads the same bytes keeps
/// them.
impl Files {
    /// Stores what a file holds from where it stands under a key, which names no other file; returns its hash and its bytes.
    pub async fn put_for_a_while(&self, name: &str, file: File) -> Result<(String, i64)> {
        let mut upload = Upload::begun(&self.0, for_a_while(name));
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        let mut content = content_of(file);
        while let Some(portion) = content.try_next().await? {
            hash.update(&portion);
            bytes += i64::try_from(portion.len())?;
            let put = upload.put(portion).await;
            put.context("the file could not be kept")?;
        }
        upload.end().await.context("the file could not be kept")?;
        Ok((hex::encode(hash.finalize()), bytes))
    }

    /// The file of a key; none where it isn't there or does not match its hash. It is read once before, so that what does not match is never handed out.
    pub async fn get_for_a_while(&self, name: &str, hash: &str) -> Result<Option<Content>> {
        let key = for_a_while(name);
        let Some(mut content) = self.content(&key).await? else {
            return Ok(None);
        };
        let mut found = Sha256::new();
        while let Some(portion) = content.try_next().await? {
            found.update(&portion);
        }
        if hex::encode(found.finalize()) != hash {
            return Ok(None);
        }
        self.content(&key).await
    }

    async fn content(&self, key: &Key) -> Result<Option<Content>> {
        match self.0.get(key).await {
            Ok(found) => Ok(Some(found.into_stream().map_err(Into::into).boxed())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error).context("the file could not be read"),
        }
    }

    /// The keys of all of them.
    pub async fn names_for_a_while(&self) -> Result<Vec<String>> {
        let folder = Key::from(FOR_A_WHILE);
        let found = self.0.list_with_delimiter(Some(&folder)).await;
        let found = found.context("the files could not be listed")?;
        let names = found.objects.iter();
        Ok(names
            .filter_map(|file| file.location.filename().map(str::to_owned))
            .collect())
    }

    pub async fn remove_for_a_while(&self, name: &str) -> Result<()> {
        match self.0.delete(&for_a_while(name)).await {
            // Another node was quicker.
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error).context("the file could not be removed"),
        }
    }
}

const FOR_A_WHILE: &str = "results";

fn for_a_while(name: &str) -> Key {
    Key::from(format!("{FOR_A_WHILE}/{name}"))
}

/// SHA-256 of the bytes, hexadecimal.
pub fn content_hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn key(hash: &str) -> Key {
    let folder = hash.get(..2).unwrap_or("00");
    Key::from(format!("{folder}/{hash}"))
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use super::{upload::PART, *};

    #[tokio::test]
    async fn the_same_bytes_are_kept_once_and_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::in_folder(folder.path()).unwrap();
        let first = files
            .put(Bytes::from_static("建家".as_bytes()))
            .await
            .unwrap();
        let second = files
            .put(Bytes::from_static("建家".as_bytes()))
            .await
            .unwrap();
        assert_eq!(first, second);
        let whole = Some(Kept::Whole(Bytes::from_static("建家".as_bytes())));
        assert_eq!(files.get(&first).await.unwrap(), whole);
        assert_eq!(files.get(&"0".repeat(64)).await.unwrap(), None);
    }

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        file
    }

    async fn read(files: &Files, name: &str, hash: &str) -> Option<Vec<u8>> {
        let mut content = files.get_for_a_while(name, hash).await.unwrap()?;
        let mut bytes = Vec::new();
        while let Some(portion) = content.try_next().await.unwrap() {
            bytes.extend_from_slice(&portion);
        }
        Some(bytes)
    }

    #[tokio::test]
    async fn a_file_of_several_parts_comes_back_as_it_was_and_a_changed_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::in_folder(folder.path()).unwrap();
        let bytes: Vec<u8> = (0..251).cycle().take(2 * PART + 7).collect();
        let (hash, length) = files.put_for_a_while("long", file(&bytes)).await.unwrap();
        assert_eq!(
            (hash.as_str(), length),
            (content_hash(&bytes).as_str(), bytes.len() as i64)
        );
        assert!(read(&files, "long", &hash).await == Some(bytes));
        std::fs::write(folder.path().join(FOR_A_WHILE).join("long"), b"short").unwrap();
        assert_eq!(read(&files, "long", &hash).await, None);
    }

    #[tokio::test]
    async fn what_is_kept_for_a_while_lies_apart_from_the_same_bytes_of_evidence() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::in_folder(folder.path()).unwrap();
        assert_eq!(files.names_for_a_while().await.unwrap(), [""; 0]);
        let bytes = Bytes::from_static(b"table");
        let hash = files.put(bytes.clone()).await.unwrap();
        let same = files.put_for_a_while("job-1", file(&bytes)).await;
        assert_eq!(same.unwrap(), (hash.clone(), 5));
        assert_eq!(read(&files, "job-1", &hash).await, Some(bytes.to_vec()));
        assert_eq!(read(&files, "job-1", &"0".repeat(64)).await, None);
        assert_eq!(files.names_for_a_while().await.unwrap(), ["job-1"]);
        for _ in 0..2 {
            files.remove_for_a_while("job-1").await.unwrap();
        }
        assert_eq!(read(&files, "job-1", &hash).await, None);
        assert_eq!(files.get(&hash).await.unwrap(), Some(Kept::Whole(bytes)));
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_holds_nothing_and_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = folder.path().join("files");
        let files = Files::in_existing_folder(&nowhere).unwrap();
        assert_eq!(files.get(&"0".repeat(64)).await.unwrap(), None);
        assert!(!nowhere.exists());
        let made = Files::in_folder(&nowhere).unwrap();
        let hash = made.put(Bytes::from_static(b"kept")).await.unwrap();
        let files = Files::in_existing_folder(&nowhere).unwrap();
        let whole = Some(Kept::Whole(Bytes::from_static(b"kept")));
        assert_eq!(files.get(&hash).await.unwrap(), whole);
    }

    #[tokio::test]
    async fn a_damaged_file_is_never_handed_out_and_becomes_whole_when_it_is_put_again() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::in_folder(folder.path()).unwrap();
        let hash = files.put(Bytes::from_static(b"paper")).await.unwrap();
        let place = folder.path().join(&hash[..2]).join(&hash);
        for damage in [&b"Paper"[..], b"pap", b""] {
            std::fs::write(&place, damage).unwrap();
            assert_eq!(files.get(&hash).await.unwrap(), Some(Kept::Damaged));
            assert_eq!(files.put(Bytes::from_static(b"paper")).await.unwrap(), hash);
            let whole = Some(Kept::Whole(Bytes::from_static(b"paper")));
            assert_eq!(files.get(&hash).await.unwrap(), whole);
        }
    }
}
