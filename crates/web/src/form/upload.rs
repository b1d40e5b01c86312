//! The fields and files of a multipart form, parsed while they arrive: the number of parts, the length of each, and the length of the headers and
//! boundaries between them are counted on the way, so that no form takes more memory than it may.

// By path, so that the fuzzed program can take this file alone, too.
#[path = "upload/held.rs"]
mod held;
#[path = "upload/pieces.rs"]
mod pieces;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use futures_util::stream::Stream;
use multer::{Constraints, Multipart, SizeLimit};

use self::{held::Held, pieces::Pieces};

/// The most bytes of one file.
pub const FILE_LIMIT: usize = 20 * 1024 * 1024;
/// The most files of one form.
pub const FILES_LIMIT: usize = 20;
/// The most bytes of all files of one form.
const FILES_BYTES_LIMIT: usize = 64 * 1024 * 1024;
/// The most fields without files.
const FIELDS_LIMIT: usize = 500;
/// The most bytes of all fields without files.
const FIELDS_BYTES_LIMIT: usize = 1024 * 1024;
/// How much of a form that is too big is read and dropped: a browser shows no answer before it has sent all.
const DRAIN_LIMIT: usize = 256 * 1024 * 1024;
/// The most bytes of a whole body, with boundaries and the headers of parts.
const WHOLE_LIMIT: u64 = DRAIN_LIMIT as u64 + 64 * 1024 * 1024;
/// The most parts, with those that are empty or dropped.
const PARTS_LIMIT: usize = 5_000;

/// The fields and files of a multipart form.
#[derive(Debug, Default)]
pub struct Upload {
    pub fields: Vec<(String, String)>,
    /// None of them where there is a problem with one.
    pub files: Vec<UploadedFile>,
    /// Why its files were dropped. The fields are there all the same, so that the form can come back with what was typed.
    pub problem: Option<FilesProblem>,
    held: Held,
    held_by_files: Held,
}

/// Why the files of a form were dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilesProblem {
    /// One is longer than a file may be.
    TooLarge {
        field: String,
        name: String,
        bytes: usize,
    },
    TogetherTooLarge,
    TooMany,
    /// The forms of all senders together take all the memory that they may.
    Busy,
}

/// One file as it was sent: the name and the type are the sender's word.
#[derive(Clone, Debug)]
pub struct UploadedFile {
    pub field: String,
    pub name: String,
    pub bytes: Bytes,
}

impl Upload {
    /// The first value of a field; empty when it is not there.
    pub fn field(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map_or("", |(_, value)| value)
    }
}

/// Why a form was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadProblem {
    /// It is not a multipart form.
    Unreadable,
    /// It ended in the middle, or a boundary or a part's headers are malformed.
    BrokenOff,
    /// The fields, or all together, are longer than is allowed.
    TooBig,
    /// The forms of all senders together take all the memory that they may.
    Busy,
}

/// Reads a form; `content_type` is the request's header, which names the boundary.
///
/// # Errors
/// When it is malformed or goes beyond a limit. What goes beyond is read and dropped, up to a bound.
pub async fn read<S, E>(content_type: &str, body: S) -> Result<Upload, UploadProblem>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let boundary = multer::parse_boundary(content_type).map_err(|_| UploadProblem::Unreadable)?;
    if boundary.is_empty() || boundary.len() > 200 {
        return Err(UploadProblem::Unreadable);
    }
    let since_progress = Arc::new(AtomicUsize::new(0));
    let pieces = Pieces::of(body, Arc::clone(&since_progress));
    let whole = SizeLimit::new().whole_stream(WHOLE_LIMIT);
    let limits = Constraints::new().size_limit(whole);
    let mut form = Multipart::with_constraints(pieces, boundary, limits);
    let mut reading = Reading::default();
    for number in 0.. {
        since_progress.store(0, Ordering::Relaxed);
        let part = form.next_field().await;
        let Some(mut part) = part.map_err(|_| reading.broken_off())? else {
            break;
        };
        if number == PARTS_LIMIT {
            reading.give_up(UploadProblem::TooBig);
            return Err(reading.broken_off());
        }
        reading.begin(part.name(), part.file_name());
        loop {
            since_progress.store(0, Ordering::Relaxed);
            let chunk = part.chunk().await;
            match chunk.map_err(|_| reading.broken_off())? {
                Some(chunk) => reading.take(&chunk)?,
                None => break,
            }
        }
        reading.end();
    }
    match reading.problem {
        Some(problem) => Err(problem),
        None => Ok(reading.upload),
    }
}

/// What has arrived so far. From the first problem on everything is dropped; from the first problem with a file on, all files are.
#[derive(Default)]
struct Reading {
    upload: Upload,
    problem: Option<UploadProblem>,
    name: String,
    file_name: Option<String>,
    bytes: Vec<u8>,
    /// Of the part that is being read, kept or not.
    part_bytes: usize,
    /// Whether the file that was too long has ended.
    is_measured: bool,
    fields_bytes: usize,
    files_bytes: usize,
    drained: usize,
}

impl Reading {
    fn begin(&mut self, name: Option<&str>, file_name: Option<&str>) {
        name.unwrap_or_default().clone_into(&mut self.name);
        self.file_name = file_name.map(str::to_owned);
        if file_name.is_none() && self.upload.fields.len() == FIELDS_LIMIT {
            self.give_up(UploadProblem::TooBig);
        }
    }

    fn take(&mut self, chunk: &[u8]) -> Result<(), UploadProblem> {
        self.part_bytes += chunk.len();
        let is_kept = match self.file_name {
            Some(_) => self.takes_of_file(chunk.len()),
            None => self.takes_of_field(chunk.len()),
        };
        if is_kept {
            self.bytes.extend_from_slice(chunk);
            return Ok(());
        }
        self.drained += chunk.len();
        if self.drained > DRAIN_LIMIT {
            return Err(self.problem.unwrap_or(UploadProblem::TooBig));
        }
        Ok(())
    }

    /// Whether so many bytes more of a field are kept.
    fn takes_of_field(&mut self, bytes: usize) -> bool {
        self.fields_bytes += bytes;
        if self.fields_bytes > FIELDS_BYTES_LIMIT {
            self.give_up(UploadProblem::TooBig);
        }
        if self.problem.is_none() && !self.upload.held.grow(bytes) {
            self.give_up(UploadProblem::Busy);
        }
        self.problem.is_none()
    }

    /// Whether so many bytes more of a file are kept.
    fn takes_of_file(&mut self, bytes: usize) -> bool {
        self.files_bytes += bytes;
        if self.upload.files.len() == FILES_LIMIT {
            self.drop_files(FilesProblem::TooMany);
        }
        if self.part_bytes > FILE_LIMIT {
            self.drop_files(FilesProblem::TooLarge {
                field: self.name.clone(),
                name: self.file_name.clone().unwrap_or_default(),
                bytes: self.part_bytes,
            });
        }
        if self.files_bytes > FILES_BYTES_LIMIT {
            self.drop_files(FilesProblem::TogetherTooLarge);
        }
        if self.keeps_files() && !self.upload.held_by_files.grow(bytes) {
            self.drop_files(FilesProblem::Busy);
        }
        self.keeps_files()
    }

    fn keeps_files(&self) -> bool {
        self.problem.is_none() && self.upload.problem.is_none()
    }

    fn end(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let name = std::mem::take(&mut self.name);
        let part_bytes = std::mem::take(&mut self.part_bytes);
        if self.problem.is_some() {
            return;
        }
        match self.file_name.take() {
            Some(file) if self.upload.problem.is_some() => self.measure(&name, &file, part_bytes),
            // An empty file field of a form comes as a file without a name.
            Some(file) if file.is_empty() && bytes.is_empty() => {}
            Some(_) if self.upload.files.len() == FILES_LIMIT => {
                self.drop_files(FilesProblem::TooMany);
            }
            Some(file) => self.upload.files.push(UploadedFile {
                field: name,
                name: file,
                bytes: bytes.into(),
            }),
            None => {
                let value = String::from_utf8_lossy(&bytes).into_owned();
                self.upload.fields.push((name, value));
            }
        }
    }

    /// How long the file is that was too long, now that it has ended.
    fn measure(&mut self, part: &str, file: &str, part_bytes: usize) {
        if let Some(FilesProblem::TooLarge { field, name, bytes }) = &mut self.upload.problem
            && !self.is_measured
            && field == part
            && name == file
        {
            *bytes = part_bytes;
            self.is_measured = true;
        }
    }

    /// The first problem stands; what was kept of files is freed.
    fn drop_files(&mut self, problem: FilesProblem) {
        if self.keeps_files() {
            self.upload.problem = Some(problem);
            self.upload.files = Vec::new();
            self.upload.held_by_files = Held::default();
            self.bytes = Vec::new();
        }
    }

    /// The problem of a form that could not be read to its end.
    fn broken_off(&self) -> UploadProblem {
        self.problem.unwrap_or(UploadProblem::BrokenOff)
    }

    /// The first problem stands; what was kept is freed.
    fn give_up(&mut self, problem: UploadProblem) {
        self.problem.get_or_insert(problem);
        self.upload = Upload::default();
        self.bytes = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream;

    use super::{
        pieces::{HEAD_LIMIT, PIECE},
        *,
    };

    const KIND: &str = "multipart/form-data; boundary=part";

    async fn read_all(body: Vec<Bytes>) -> Result<Upload, UploadProblem> {
        let chunks = stream::iter(body.into_iter().map(Ok::<_, Infallible>));
        read(KIND, chunks).await
    }

    fn field(name: &str, value: &str) -> Vec<u8> {
        format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            .into_bytes()
    }

    fn file(name: &str, bytes: &[u8]) -> Vec<u8> {
        let head = format!(
            "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        [head.as_bytes(), bytes, b"\r\n"].concat()
    }

    fn form(parts: Vec<Vec<u8>>) -> Vec<u8> {
        [parts.concat(), b"--part--\r\n".to_vec()].concat()
    }

    #[tokio::test]
    async fn fields_and_files_come_as_they_were_sent_however_they_are_cut() {
        let large: Vec<u8> = (0..300_000_u32).map(|number| number as u8).collect();
        let body = form(vec![
            field("kind", "工会"),
            file("a.bin", &large),
            file("", b""),
            field("kind", "again"),
            file("空.txt", b""),
        ]);
        for length in [1_000, 65_536, 65_537, body.len()] {
            let chunks = body.chunks(length).map(Bytes::copy_from_slice).collect();
            let upload = read_all(chunks).await.unwrap();
            assert_eq!(upload.field("kind"), "工会");
            assert_eq!(upload.fields.len(), 2);
            let files: Vec<(&str, usize)> = upload
                .files
                .iter()
                .map(|file| (file.name.as_str(), file.bytes.len()))
                .collect();
            assert_eq!(files, [("a.bin", large.len()), ("空.txt", 0)]);
            assert!(upload.files[0].bytes == large);
        }
    }

    #[tokio::test]
    async fn forms_beyond_a_limit_are_told_apart() {
        let many = |part: Vec<u8>, count: usize| form(vec![part; count]);
        for (body, expect) in [
            (many(field("a", "b"), FIELDS_LIMIT), None),
            (
                many(field("a", "b"), FIELDS_LIMIT + 1),
                Some(UploadProblem::TooBig),
            ),
            (many(file("a.txt", b"b"), FILES_LIMIT), None),
            (
                many(field("a", &"x".repeat(600_000)), 2),
                Some(UploadProblem::TooBig),
            ),
            (many(file("", b""), PARTS_LIMIT), None),
            (
                many(file("", b""), PARTS_LIMIT + 1),
                Some(UploadProblem::TooBig),
            ),
            (b"--part\r\n".to_vec(), Some(UploadProblem::BrokenOff)),
            (Vec::new(), Some(UploadProblem::BrokenOff)),
            (b"--part--".to_vec(), None),
        ] {
            let length = body.len();
            let found = read_all(vec![body.into()]).await;
            assert_eq!(found.err(), expect, "{length} bytes");
        }
        for kind in [
            "text/plain",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "",
        ] {
            let found = read(kind, stream::iter([Ok::<_, Infallible>(Bytes::new())])).await;
            assert_eq!(found.err(), Some(UploadProblem::Unreadable), "{kind}");
        }
    }

    #[tokio::test]
    async fn files_beyond_a_limit_are_dropped_and_the_fields_are_there() {
        let megabyte = vec![b'x'; 1 << 20];
        let large = file("a.txt", &megabyte.repeat(21));
        let too_large = FilesProblem::TooLarge {
            field: "file".to_owned(),
            name: "a.txt".to_owned(),
            bytes: 21 << 20,
        };
        for (files, expect) in [
            (
                vec![file("a.txt", b"b"); FILES_LIMIT + 1],
                FilesProblem::TooMany,
            ),
            (
                vec![file("a.txt", b""); FILES_LIMIT + 1],
                FilesProblem::TooMany,
            ),
            (
                vec![file("a.txt", &megabyte.repeat(13)); 5],
                FilesProblem::TogetherTooLarge,
            ),
            (vec![large.clone()], too_large.clone()),
            (
                vec![file("b.txt", b"b"), large, file("a.txt", b"c")],
                too_large,
            ),
        ] {
            let parts = [
                vec![field("before", "写在前面")],
                files,
                vec![field("after", "写在后面")],
            ];
            let body: Bytes = form(parts.concat()).into();
            let chunks = body.chunks(65_536).map(Bytes::copy_from_slice).collect();
            let upload = read_all(chunks).await.unwrap();
            assert_eq!(upload.problem, Some(expect));
            assert!(upload.files.is_empty());
            let fields = (upload.field("before"), upload.field("after"));
            assert_eq!(fields, ("写在前面", "写在后面"));
        }
    }

    /// How much of an endless body is read before it is given up.
    async fn read_of_endless(beginning: &'static [u8], ever: &'static [u8]) -> usize {
        let read_so_far = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&read_so_far);
        let body = std::iter::once(beginning).chain(std::iter::repeat(ever));
        let body = body.take(1_000_000).map(move |chunk| {
            counted.fetch_add(chunk.len(), Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from_static(chunk))
        });
        let found = read(KIND, stream::iter(body)).await;
        assert_eq!(found.err(), Some(UploadProblem::BrokenOff));
        read_so_far.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn a_part_that_never_begins_is_given_up_and_not_kept() {
        let filler = [b'x'; 1024].as_slice();
        let filler: &'static [u8] = Box::leak(filler.to_vec().into_boxed_slice());
        for beginning in [
            &b"no part at all"[..],
            b"--part\r\nContent-Disposition: form-data; name=\"",
            b"--part\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--part\r\nX: ",
        ] {
            let read = read_of_endless(beginning, filler).await;
            assert!(read <= HEAD_LIMIT + 2 * PIECE, "{read}");
        }
        // Blanks after the boundary are let go at once, so only the whole is bounded.
        let read = read_of_endless(b"--part", b"        ").await;
        assert!(read <= HEAD_LIMIT + 2 * PIECE, "{read}");
    }
}
