//! Files of a version that somebody sends: one by one, or a folder as a ZIP. What is really there is counted while it is read, whatever the archive claims.

use std::{
    collections::BTreeSet,
    io::{Cursor, Read},
};

use bytes::Bytes;
use jianjia_domain::{
    amending::amendment::{
        AmendmentRefusal, FACTS, FILE_LIMIT, FILES_LIMIT, Files, STANDARD, TOGETHER_LIMIT,
        file_name,
    },
    core::refusal::Refusal,
};
use zip::ZipArchive;

use crate::core::error::{Error, Result};

/// A file as it was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub name: String,
    pub bytes: Bytes,
}

impl Sent {
    /// A text file by its name.
    pub fn text(name: &str, text: &str) -> Sent {
        Sent {
            name: name.to_owned(),
            bytes: Bytes::copy_from_slice(text.as_bytes()),
        }
    }
}

/// More entries than the ZIP of a folder has, with what a desktop puts there of its own.
const ENTRIES_LIMIT: usize = 1_000;

/// What can't be taken is told at its field.
pub(super) fn at_file(refusal: AmendmentRefusal) -> Error {
    Refusal::at("file", refusal).into()
}

/// Takes what was sent in the place of the files of its names. A folder with both of its main files is a whole version: then its cases are all that there are.
pub(super) fn put(files: &mut Files, sent: &[Sent]) -> Result<()> {
    let texts = texts(sent).map_err(at_file)?;
    let has = |name: &str| texts.iter().any(|(other, _)| other == name);
    if has(STANDARD) && has(FACTS) {
        files.cases.clear();
    }
    for (name, text) in texts {
        files.put(&name, text);
    }
    if files.all().len() > FILES_LIMIT {
        return Err(at_file(AmendmentRefusal::TooManyFiles {
            most: FILES_LIMIT,
        }));
    }
    let together: usize = files.all().iter().map(|(_, text)| text.len()).sum();
    if together > TOGETHER_LIMIT {
        let most = TOGETHER_LIMIT;
        return Err(at_file(AmendmentRefusal::TogetherTooLarge { most }));
    }
    Ok(())
}

/// The texts of what was sent, by the names that they have in a version.
fn texts(sent: &[Sent]) -> std::result::Result<Vec<(String, String)>, AmendmentRefusal> {
    let mut texts = Vec::new();
    for file in sent {
        if file.bytes.starts_with(b"PK\x03\x04") || file.bytes.starts_with(b"PK\x05\x06") {
            unpack(file, &mut texts)?;
            continue;
        }
        let name = file_name(&file.name).ok_or_else(|| AmendmentRefusal::OtherFile {
            name: shown(&file.name),
        })?;
        if file.bytes.len() > FILE_LIMIT {
            let most = FILE_LIMIT;
            return Err(AmendmentRefusal::FileTooLarge { name, most });
        }
        texts.push(text(name, file.bytes.to_vec())?);
    }
    if texts.is_empty() {
        return Err(AmendmentRefusal::NoFile);
    }
    let mut seen = BTreeSet::new();
    match texts.iter().find(|(name, _)| !seen.insert(name.clone())) {
        Some((name, _)) => Err(AmendmentRefusal::Twice { name: name.clone() }),
        None => Ok(texts),
    }
}

/// A name as it was sent, short enough to be shown.
fn shown(name: &str) -> String {
    name.chars().take(80).collect()
}

fn text(name: String, bytes: Vec<u8>) -> std::result::Result<(String, String), AmendmentRefusal> {
    match String::from_utf8(bytes) {
        // Some editors put a mark before what they save.
        Ok(text) => Ok((name, text.trim_start_matches('\u{feff}').to_owned())),
        Err(_) => Err(AmendmentRefusal::NotText { name }),
    }
}

/// The files of a standard that lie in a ZIP; others that a folder has are passed over.
fn unpack(
    file: &Sent,
    texts: &mut Vec<(String, String)>,
) -> std::result::Result<(), AmendmentRefusal> {
    let damaged = || AmendmentRefusal::Damaged {
        name: shown(&file.name),
    };
    // The reader keeps room for all entries first.
    let entries = file.bytes.windows(4).filter(|four| four == b"PK\x01\x02");
    if entries.count() > ENTRIES_LIMIT {
        return Err(AmendmentRefusal::TooManyFiles { most: FILES_LIMIT });
    }
    let mut archive = ZipArchive::new(Cursor::new(&file.bytes)).map_err(|_| damaged())?;
    if archive.len() > ENTRIES_LIMIT {
        return Err(AmendmentRefusal::TooManyFiles { most: FILES_LIMIT });
    }
    let mut together = 0;
    for place in 0..archive.len() {
        let entry = archive.by_index(place).map_err(|_| damaged())?;
        // Older desktops write folders in other encodings; the names of our files are plain.
        let sent = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let is_of_a_desktop = sent.starts_with("__MACOSX/");
        let Some(name) = file_name(&sent).filter(|_| entry.is_file() && !is_of_a_desktop) else {
            continue;
        };
        let mut bytes = Vec::new();
        let read = entry.take(FILE_LIMIT as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|_| damaged())?;
        if bytes.len() > FILE_LIMIT {
            let most = FILE_LIMIT;
            return Err(AmendmentRefusal::FileTooLarge { name, most });
        }
        together += bytes.len();
        if together > TOGETHER_LIMIT {
            let most = TOGETHER_LIMIT;
            return Err(AmendmentRefusal::TogetherTooLarge { most });
        }
        if texts.len() == FILES_LIMIT {
            return Err(AmendmentRefusal::TooManyFiles { most: FILES_LIMIT });
        }
        texts.push(text(name, bytes)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn zipped(files: &[(&str, &[u8])]) -> Sent {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        Sent {
            name: "plan.zip".to_owned(),
            bytes: zip.finish().unwrap().into_inner().into(),
        }
    }

    fn single(name: &str, bytes: &[u8]) -> Sent {
        Sent {
            name: name.to_owned(),
            bytes: bytes.to_vec().into(),
        }
    }

    fn before() -> Files {
        Files {
            standard_toml: "old".to_owned(),
            facts_toml: "old".to_owned(),
            cases: [("cases/a.jsonl".to_owned(), "old".to_owned())].into(),
        }
    }

    /// The names and texts after it, or the key of the refusal.
    fn after(sent: &[Sent]) -> Vec<String> {
        let mut files = before();
        match put(&mut files, sent) {
            Ok(()) => files
                .all()
                .into_iter()
                .map(|(name, text)| format!("{name}={text}"))
                .collect(),
            Err(Error::Refused(Refusal::Fields(fields))) => {
                vec![fields[0].1.key().to_owned()]
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn single_files_take_the_place_of_those_of_their_names() {
        assert_eq!(
            after(&[
                single("facts.toml", b"\xef\xbb\xbfnew"),
                single("b.jsonl", b"b")
            ]),
            [
                "standard.toml=old",
                "facts.toml=new",
                "cases/a.jsonl=old",
                "cases/b.jsonl=b"
            ]
        );
    }

    #[test]
    fn a_whole_folder_is_a_whole_version() {
        let folder = zipped(&[
            ("plan/standard.toml", b"s"),
            ("plan/facts.toml", b"f"),
            ("plan/cases/c.jsonl", b"c"),
            ("plan/notes.md", b"passed over"),
            ("__MACOSX/plan/facts.toml", b"passed over"),
        ]);
        assert_eq!(
            after(&[folder]),
            ["standard.toml=s", "facts.toml=f", "cases/c.jsonl=c"]
        );
    }

    #[test]
    fn what_is_no_file_of_a_standard_is_refused_by_name() {
        let large = vec![b'a'; FILE_LIMIT + 1];
        let cases: [(&[Sent], &str); 7] = [
            (&[], "amendment/no-file"),
            (&[zipped(&[("readme.md", b"x")])], "amendment/no-file"),
            (&[single("readme.md", b"x")], "amendment/other-file"),
            (&[single("facts.toml", b"\xff\xfe")], "amendment/not-text"),
            (&[single("facts.toml", &large)], "amendment/file-too-large"),
            // A file that unpacks to more than it may be: the archive itself is small.
            (
                &[zipped(&[("facts.toml", &large)])],
                "amendment/file-too-large",
            ),
            (&[single("x.zip", b"PK\x03\x04broken")], "amendment/damaged"),
        ];
        for (sent, expect) in cases {
            assert_eq!(after(sent), [expect]);
        }
        let twice = [single("facts.toml", b"a"), single("a/facts.toml", b"b")];
        assert_eq!(after(&twice), ["amendment/twice"]);
    }
}
