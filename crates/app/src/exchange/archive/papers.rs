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
        paper::{self as press, Format, Sheet},
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

/// One PDF for each subject, with its papers in their order, and a DOCX for each that is too long for it; the number of files. One after the other, so
/// that the memory that it takes stays small.
pub(super) async fn write(
    app: &App,
    bundle: &mut Bundle,
    year: i16,
    subjects: &Subjects,
    steps: &Steps<'_>,
) -> Result<usize> {
    let actor = paper::operator(app).await?;
    let (mut count, mut nouns) = (0, Vec::new());
    for kind in KINDS {
        if !nouns.contains(&kind.of) {
            nouns.push(kind.of);
        }
    }
    let total = nouns.iter().map(|noun| subjects.of(*noun, year).1.len());
    let total = i64::try_from(total.sum::<usize>()).unwrap_or(i64::MAX);
    steps.begin(JobStage::Setting, total);
    for noun in nouns {
        let (folder, subjects) = subjects.of(noun, year);
        for (of, name) in subjects {
            let sheets = sheets(app, &actor, noun, &of).await?;
            steps.done.fetch_add(1, Ordering::Relaxed);
            let (printed, edited) = by_length(sheets);
            if !printed.is_empty() {
                let paper = press::many_long(app, printed).await?;
                bundle.whole(&format!("papers/{folder}/{name}.pdf"), &paper)?;
                count += 1;
            }
            for sheet in edited {
                let kind = sheet.kind;
                let paper = press::one_long(app, sheet, Format::Docx).await?;
                bundle.whole(&format!("papers/{folder}/{name}-{kind}.docx"), &paper)?;
                count += 1;
            }
        }
    }
    Ok(count)
}

/// Those that can be set as PDF, and those that are too long for one.
fn by_length(sheets: Vec<Sheet>) -> (Vec<Sheet>, Vec<Sheet>) {
    let fits = |sheet: &Sheet| press::fits(sheet, Format::Pdf).is_ok();
    sheets.into_iter().partition(fits)
}

/// The papers that there are of a subject.
async fn sheets(app: &App, actor: &Actor, noun: Noun, of: &str) -> Result<Vec<Sheet>> {
    let there = there(app, actor, noun, of).await?;
    let mut sheets = Vec::new();
    for kind in KINDS.iter().filter(|kind| kind.of == noun) {
        if there
            .as_ref()
            .is_some_and(|there| !there.contains(&kind.name))
        {
            continue;
        }
        match paper::sheet(app, actor, kind, of).await {
            Ok(sheet) => sheets.push(sheet),
            // There is no such paper of it, as of a rating that was replaced.
            Err(Error::NotFound | Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sheets)
}

/// Which kinds there are of a subject, as its page offers them; none where every kind is tried.
async fn there(
    app: &App,
    actor: &Actor,
    noun: Noun,
    of: &str,
) -> Result<Option<Vec<&'static str>>> {
    if noun != Noun::Application {
        return Ok(None);
    }
    let view = applications::view(app, actor, &press::subject(of)?).await?;
    Ok(Some(round::of_application(actor, &view)))
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
}
