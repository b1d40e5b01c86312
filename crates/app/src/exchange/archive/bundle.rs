//! The ZIP of an archive as it is written: one file after the other, each with its checksum, and fixed times, so that the same files give the same bytes.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::File,
    io::{self, BufWriter, Write},
};

use anyhow::Result;
use serde_json::json;
use sha2::{Digest, Sha256};
use zip::{DateTime, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

use super::pretty;
use crate::core::head::Heads;

/// The list of the checksums, as `sha256sum -c` reads it; the last file but for its signature.
pub(super) const SUMS: &str = "SHA256SUMS";

/// The signature of that list.
pub(super) const SIGNATURE: &str = "SHA256SUMS.signature.json";

pub(super) struct Bundle {
    zip: ZipWriter<StreamWriter<Hashing>>,
    /// The file that is being written.
    open: Option<(String, Sha256)>,
    sums: BTreeMap<String, String>,
}

impl Bundle {
    /// Begins the archive in an empty file.
    pub(super) fn begun(file: File) -> Bundle {
        let file = Hashing {
            file: BufWriter::new(file),
            hash: Sha256::new(),
        };
        Bundle {
            zip: ZipWriter::new_stream(file),
            open: None,
            sums: BTreeMap::new(),
        }
    }

    /// Begins a file; what is written from now on is its content.
    pub(super) fn begin(&mut self, name: &str) -> Result<()> {
        self.end();
        self.start(name)?;
        self.open = Some((name.to_owned(), Sha256::new()));
        Ok(())
    }

    /// A file at once.
    pub(super) fn whole(&mut self, name: &str, content: &[u8]) -> Result<()> {
        self.begin(name)?;
        self.write_all(content)?;
        self.end();
        Ok(())
    }

    /// Writes the checksums, signed if there is a key, and syncs; the SHA-256 of the whole.
    pub(super) fn finish(mut self, heads: Option<&Heads>) -> Result<String> {
        self.end();
        let mut sums = String::new();
        for (name, sum) in &self.sums {
            // Writing to a text never fails.
            let _ = writeln!(sums, "{sum}  {name}");
        }
        self.start(SUMS)?;
        self.zip.write_all(sums.as_bytes())?;
        if let Some(heads) = heads {
            let (key, signature) = heads.sign_text(sums.as_bytes());
            self.start(SIGNATURE)?;
            self.zip.write_all(&signature_file(&key, &signature))?;
        }
        let done = self.zip.finish()?.into_inner();
        let file = done
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(hex::encode(done.hash.finalize()))
    }

    fn start(&mut self, name: &str) -> Result<()> {
        let options = SimpleFileOptions::default()
            .large_file(true)
            .last_modified_time(DateTime::default());
        self.zip.start_file(name, options)?;
        Ok(())
    }

    fn end(&mut self) {
        if let Some((name, hash)) = self.open.take() {
            self.sums.insert(name, hex::encode(hash.finalize()));
        }
    }
}

impl Write for Bundle {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.zip.write(bytes)?;
        if let Some((_, hash)) = &mut self.open {
            hash.update(&bytes[..written]);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

/// The file of the signature.
pub(super) fn signature_file(key: &str, signature: &str) -> Vec<u8> {
    pretty(&json!({ "of": SUMS, "key": key, "signature": signature }))
}

/// The file, and the hash of what was written to it.
struct Hashing {
    file: BufWriter<File>,
    hash: Sha256,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
