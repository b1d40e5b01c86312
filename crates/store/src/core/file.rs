//! Files stored by content hash: in a folder, or in a bucket that several nodes share.

pub mod bucket;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use bytes::Bytes;
use object_store::{
    ObjectStore, ObjectStoreExt, PutMode, local::LocalFileSystem, memory::InMemory,
    path::Path as Key,
};
use sha2::{Digest, Sha256};

use crate::core::file::bucket::Bucket;

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

/// Files that are somebody's for a while: results of jobs. They lie apart from evidence, since they are removed, and whoever uploads the same bytes keeps
/// them.
impl Files {
    /// Stores bytes under a key, which names no other file; returns their hash.
    pub async fn put_for_a_while(&self, name: &str, bytes: Bytes) -> Result<String> {
        let hash = content_hash(&bytes);
        let kept = self.0.put(&for_a_while(name), bytes.into()).await;
        kept.context("the file could not be kept")?;
        Ok(hash)
    }

    /// The file of a key, if it still has this hash.
    pub async fn get_for_a_while(&self, name: &str, hash: &str) -> Result<Option<Kept>> {
        self.read(&for_a_while(name), hash).await
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
    use super::*;

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

    #[tokio::test]
    async fn what_is_kept_for_a_while_lies_apart_from_the_same_bytes_of_evidence() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::in_folder(folder.path()).unwrap();
        assert_eq!(files.names_for_a_while().await.unwrap(), [""; 0]);
        let bytes = Bytes::from_static(b"table");
        let hash = files.put(bytes.clone()).await.unwrap();
        let same = files.put_for_a_while("job-1", bytes.clone()).await;
        assert_eq!(same.unwrap(), hash);
        let found = files.get_for_a_while("job-1", &hash).await.unwrap();
        assert_eq!(found, Some(Kept::Whole(bytes.clone())));
        let other = files.get_for_a_while("job-1", &"0".repeat(64)).await;
        assert_eq!(other.unwrap(), Some(Kept::Damaged));
        assert_eq!(files.names_for_a_while().await.unwrap(), ["job-1"]);
        for _ in 0..2 {
            files.remove_for_a_while("job-1").await.unwrap();
        }
        assert_eq!(files.get_for_a_while("job-1", &hash).await.unwrap(), None);
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
