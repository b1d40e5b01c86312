//! The papers in an archive, as PDF/A (the longest as DOCX): what people held in their hands. They are made once the records are read, from the same
//! list of kinds as the pages' papers.

use std::sync::atomic::Ordering;

use jianjia_domain::{
    core::{
        ids::{ApplicationId, PublicationId, UnitId},
        job::JobStage,
        policy::Actor,
    },
    honour::honour::Honour,
    rating::poll::Poll,
};
use jianjia_store::{core::db::Tx, exchange::archive, round::quota as quotas};

use super::{Steps, bundle::Bundle};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        paper::{self as press, Bound, Format, Load, Sheet},
    },
    paper::{self, KINDS, Noun},
    round::{application as applications, paper as round},
};

/// What there are papers of.
#[derive(Default)]
pub(super) struct Subjects {
    applications: Vec<ApplicationId>,
    /// Unions whose rating was counted.
    ratings: Vec<UnitId>,
    publications: Vec<PublicationId>,
    /// What was named in one act each.
    batches: Vec<String>,
    /// Titles with a certificate that were decided one by one.
    singles: Vec<Honour>,
    /// The federations that recommended, each with the key of a title.
    lists: Vec<(UnitId, String)>,
}

impl Subjects {
    /// What is on record of a year.
    pub(super) async fn find(&mut self, tx: &mut Tx, year: i16) -> Result<()> {
        self.applications = archive::applications(tx, year).await?;
        self.publications = archive::publications(tx, year).await?;
        self.batches = archive::batches(tx, year).await?;
        self.singles = archive::singles(tx, year).await?;
        let lists = quotas::of_year(tx, year).await?;
        self.lists = lists
            .into_iter()
            .map(|quota| (quota.unit, quota.title))
            .collect();
        Ok(())
    }

    /// What was named in one act each.
    pub(super) fn batches(&self) -> &[String] {
        &self.batches
    }

    /// Titles with a certificate that were decided one by one, in the order of their numbers.
    pub(super) fn singles(&self) -> &[Honour] {
        &self.singles
    }

    /// A rating that has a result.
    pub(super) fn add(&mut self, poll: &Poll) {
        if !self.ratings.contains(&poll.unit) {
            self.ratings.push(poll.unit);
        }
    }

    /// The folder of a noun's papers, and what each of them is of, with the name of its file.
    fn of(&self, noun: Noun, year: i16) -> (&'static str, Vec<(String, String)>) {
        match noun {
            Noun::Application => {
                let ids = self.applications.iter().map(ApplicationId::to_string);
                ("application", ids.map(|id| (id.clone(), id)).collect())
            }
            Noun::Rating => {
                let of = |unit: &UnitId| (format!("{unit}/{year}"), unit.to_string());
                ("rating", self.ratings.iter().map(of).collect())
            }
            // Certificates are many, and set together (`certificates`).
            Noun::Honour => ("honour", Vec::new()),
            Noun::Round => ("round", vec![(year.to_string(), year.to_string())]),
            Noun::SpotCheck => ("spot-check", vec![(year.to_string(), year.to_string())]),
            Noun::Year => ("year", vec![(year.to_string(), year.to_string())]),
            Noun::Publication => {
                let ids = self.publications.iter().map(PublicationId::to_string);
                ("publication", ids.map(|id| (id.clone(), id)).collect())
            }
            Noun::Batch => {
                let batches = self.batches.iter().cloned();
                (
                    "decision",
                    batches.map(|batch| (batch.clone(), batch)).collect(),
                )
            }
            Noun::List => {
                let of = |(federation, title): &(UnitId, String)| {
                    (
                        format!("{federation}/{year}/{title}"),
                        format!("{federation}-{title}"),
                    )
                };
                ("list", self.lists.iter().map(of).collect())
            }
            // Answers to objections stay with those who handle them.
            Noun::Objection => ("objection", Vec::new()),
            // The list on which voters sign for their slips is kept on paper.
            Noun::Poll => ("poll", Vec::new()),
        }
    }
}

/// One PDF for each subject, with its papers in their order, and a DOCX for each that is too long for it; the number of files. By portions, so that the memory
/// that it takes stays small: while one is set, on all threads, the next is read.
pub(super) async fn write(
    app: &App,
    bundle: &mut Bundle,
    year: i16,
    subjects: &Subjects,
    steps: &Steps<'_>,
) -> Result<usize> {
    let actor = paper::operator(app).await?;
    let mut nouns = Vec::new();
    for kind in KINDS {
        if !nouns.contains(&kind.of) {
            nouns.push(kind.of);
        }
    }
    let mut all = Vec::new();
    for noun in nouns {
        let (folder, of) = subjects.of(noun, year);
        all.extend(of.into_iter().map(|(of, name)| Subject {
            noun,
            of,
            path: format!("papers/{folder}/{name}"),
        }));
    }
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    steps.begin(JobStage::Setting, total);
    let mut rest = all.iter();
    let mut read = portion(app, &actor, &mut rest).await?;
    let mut count = 0;
    while read.subjects > 0 {
        let Portion {
            subjects,
            paths,
            files,
        } = read;
        let (set, next) = tokio::join!(
            press::files_long(app, files),
            portion(app, &actor, &mut rest)
        );
        for (path, file) in paths.iter().zip(set?) {
            bundle.whole(path, &file)?;
            count += 1;
        }
        steps.done.fetch_add(subjects, Ordering::Relaxed);
        read = next?;
    }
    Ok(count)
}

/// What papers are made of, and where they stand in the archive, without the ending.
struct Subject {
    noun: Noun,
    of: String,
    path: String,
}

/// The files of some subjects, before they are set.
#[derive(Default)]
struct Portion {
    /// How many.
    subjects: i64,
    paths: Vec<String>,
    files: Vec<Bound>,
}

impl Portion {
    /// Adds what there is of a subject.
    fn add(&mut self, path: &str, sheets: Vec<Sheet>) {
        self.subjects += 1;
        let (printed, edited) = by_length(sheets);
        if !printed.is_empty() {
            self.paths.push(format!("{path}.pdf"));
            self.files.push(Bound::Pdf(printed));
        }
        for sheet in edited {
            self.paths.push(format!("{path}-{}.docx", sheet.kind));
            self.files.push(Bound::Docx(sheet));
        }
    }
}

/// Subjects of a portion, at most: as many files are in memory.
const AT_ONCE: i64 = 16;

/// The next subjects: no more than are set in about a second. Empty at the end.
async fn portion(
    app: &App,
    actor: &Actor,
    rest: &mut std::slice::Iter<'_, Subject>,
) -> Result<Portion> {
    let (mut portion, mut load) = (Portion::default(), Load::default());
    while portion.subjects < AT_ONCE
        && !load.is_long()
        && let Some(subject) = rest.next()
    {
        let sheets = sheets(app, actor, subject.noun, &subject.of).await?;
        load.add(&sheets);
        portion.add(&subject.path, sheets);
    }
    Ok(portion)
}

/// Those that can be set as PDF, and those that are too long for one.
fn by_length(sheets: Vec<Sheet>) -> (Vec<Sheet>, Vec<Sheet>) {
    let fits = |sheet: &Sheet| press::fits(sheet, Format::Pdf).is_ok();
    sheets.into_iter().partition(fits)
}

/// The papers that there are of a subject.
async fn sheets(app: &App, actor: &Actor, noun: Noun, of: &str) -> Result<Vec<Sheet>> {
    let mut sheets = Vec::new();
    if noun == Noun::Application {
        // Read once for all of its papers, which are those that its page offers.
        let view = applications::view(app, actor, &press::subject(of)?).await?;
        let there = round::of_application(actor, &view);
        for kind in there.into_iter().filter_map(paper::kind) {
            let sheet = paper::sheet_of_application(app, actor, kind, &view).await;
            sheets.extend(unless_missing(sheet)?);
        }
        return Ok(sheets);
    }
    for kind in KINDS.iter().filter(|kind| kind.of == noun) {
        let sheet = paper::sheet(app, actor, kind, of).await;
        sheets.extend(unless_missing(sheet)?);
    }
    Ok(sheets)
}

/// None where there is no such paper of a subject, as of a rating that was replaced.
fn unless_missing(sheet: Result<Sheet>) -> Result<Option<Sheet>> {
    match sheet {
        Ok(sheet) => Ok(Some(sheet)),
        Err(Error::NotFound | Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_paper_that_is_too_long_for_a_pdf_is_a_file_of_its_own() {
        let sheet = |kind, rows: usize| {
            let data = json!({ "rows": vec![[1; 9]; rows] });
            Sheet::of(kind, "青枫公司工会", &data).unwrap()
        };
        let sheets = vec![
            sheet("application", 5_000),
            sheet("summary", 5_001),
            sheet("notice", 1),
        ];
        let (printed, edited) = by_length(sheets);
        let kinds =
            |sheets: &[Sheet]| -> Vec<&str> { sheets.iter().map(|sheet| sheet.kind).collect() };
        assert_eq!(kinds(&printed), ["application", "notice"]);
        assert_eq!(kinds(&edited), ["summary"]);
    }

    #[test]
    fn a_portion_keeps_the_order_of_its_files() {
        let sheet = |kind, rows: usize| {
            let data = json!({ "rows": vec![[1; 9]; rows] });
            Sheet::of(kind, "青枫公司工会", &data).unwrap()
        };
        let mut portion = Portion::default();
        portion.add(
            "papers/application/1",
            vec![sheet("application", 1), sheet("story", 1)],
        );
        portion.add("papers/application/2", Vec::new());
        portion.add(
            "papers/list/3",
            vec![sheet("summary", 5_001), sheet("notice", 1)],
        );
        assert_eq!(
            portion.paths,
            [
                "papers/application/1.pdf",
                "papers/list/3.pdf",
                "papers/list/3-summary.docx",
            ]
        );
        let bound: Vec<usize> = portion
            .files
            .iter()
            .map(|file| match file {
                Bound::Pdf(sheets) => sheets.len(),
                Bound::Docx(_) => 0,
            })
            .collect();
        assert_eq!((portion.subjects, bound), (3, vec![2, 1, 0]));
    }
}
