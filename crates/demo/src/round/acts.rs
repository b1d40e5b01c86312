//! A few dozen applications that go their way through the real acts, so that their judgements, events and audit lines are those of the
//! program itself: the ones of the subdistrict and the district of the story.

use anyhow::{Context, Result};
use jianjia_app::{
    core::app::App,
    round::{
        application::{self as applications, DraftInput, Expected},
        review::{self as reviews, FindingInput, OpinionInput, RejectInput, ReturnInput},
    },
};
use jianjia_domain::{
    core::{ids::UnitId, place::UnitKind, policy::Actor},
    office::account::Account,
    round::{
        application::{Application, CriterionReason, ReturnTo},
        review::Outcome,
    },
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};

use crate::{
    core::{city::City, day::working},
    office::actor::{actor, chair_of, told},
    round::{
        application::{ENDORSED, REJECTED, RETURNED, story},
        filing::{Fate, Filing},
    },
};

/// The days of October on which something happens; the way begins on the first and ends on the last.
const DAYS: [i8; 6] = [10, 11, 12, 13, 14, 17];

/// The days of a year's round on which the filings of the story go through the acts, if all of them are over by today. In November the federations
/// decide, so that from then on they are entered as all others.
pub fn days(today: Date) -> Option<Vec<Date>> {
    let year = today.year();
    let mut days: Vec<Date> = DAYS
        .iter()
        .map(|day| working(date(year, 10, *day)))
        .collect();
    for place in 1..days.len() {
        if days[place] <= days[place - 1] {
            days[place] = working(days[place - 1].saturating_add(1.day()));
        }
    }
    let is_over = days.last().is_some_and(|last| *last < today);
    (today.month() == 10 && is_over).then_some(days)
}

/// How many go through the acts.
pub const AT_MOST: usize = 26;

/// The filings that go through the acts, as far as they have come.
pub struct Stage<'a, 'f> {
    app: &'a App,
    city: &'a City,
    accounts: &'a [Account],
    year: i16,
    days: Vec<Date>,
    files: Vec<File<'a, 'f>>,
    filings: &'a [Filing<'f>],
    request: usize,
}

/// The files of some fate.
fn with<'b, 'a, 'f>(
    files: &'b mut [File<'a, 'f>],
    is_meant: impl Fn(Fate) -> bool,
) -> impl Iterator<Item = &'b mut File<'a, 'f>> {
    files
        .iter_mut()
        .filter(move |file| is_meant(file.filing.fate))
}

/// An application as far as it has come.
struct File<'a, 'f> {
    filing: &'a Filing<'f>,
    application: Application,
}

impl File<'_, '_> {
    /// Whether the unit has it now.
    fn is_with(&self, unit: UnitId) -> bool {
        self.application
            .turn()
            .is_some_and(|turn| turn.unit.id == unit)
    }
}

impl<'a, 'f> Stage<'a, 'f> {
    pub fn new(
        app: &'a App,
        city: &'a City,
        accounts: &'a [Account],
        filings: &'a [Filing<'f>],
        days: Vec<Date>,
    ) -> Stage<'a, 'f> {
        Stage {
            app,
            city,
            accounts,
            year: days.first().map_or(0, |day| day.year()),
            days,
            files: Vec::new(),
            filings,
            request: 0,
        }
    }

    pub fn all_days(&self) -> impl Iterator<Item = Date> {
        self.days.iter().copied()
    }

    /// Lets happen what happens on a day.
    ///
    /// # Errors
    /// When an act is refused.
    pub async fn go(&mut self, day: Date) -> Result<()> {
        let Some(place) = self.days.iter().position(|known| *known == day) else {
            return Ok(());
        };
        self.app.clock.set(day);
        let mut files = std::mem::take(&mut self.files);
        match place {
            0 => {
                for filing in self.filings {
                    files.push(self.draft(filing).await?);
                }
            }
            1 => {
                for file in with(&mut files, |fate| fate != Fate::Draft) {
                    self.submit(file).await?;
                }
            }
            2 => {
                for file in with(&mut files, |fate| fate == Fate::Withdrawn) {
                    self.withdraw(file).await?;
                }
            }
            3 => {
                for file in &mut files {
                    self.endorse(file).await?;
                }
            }
            4 => {
                self.declare_conflict(&files).await?;
                for file in &mut files {
                    self.examine(file).await?;
                }
            }
            _ => {
                for file in with(&mut files, |fate| fate == Fate::Resubmitted) {
                    self.submit(file).await?;
                }
            }
        }
        self.files = files;
        Ok(())
    }

    fn actor(&self, login: &str) -> Result<Actor> {
        actor(self.accounts, login)
    }

    fn district(&self) -> UnitId {
        self.city.units[self.city.cast.tianning].id
    }

    /// The chair who files: of the unit, or of the union that a branch belongs to.
    fn chair(&self, filing: &Filing) -> Actor {
        let unit = &self.city.units[filing.unit];
        let files = match unit.kind {
            UnitKind::Branch => unit.above.unwrap_or(filing.unit),
            _ => filing.unit,
        };
        chair_of(self.city, files)
    }

    fn key(&mut self) -> String {
        self.request += 1;
        format!("demo-{}", self.request)
    }

    fn expected(&mut self, application: &Application) -> Expected {
        Expected {
            revision: application.revision,
            request_key: self.key(),
        }
    }

    fn opinion(&mut self, application: &Application, opinion: &str) -> OpinionInput {
        OpinionInput {
            opinion: opinion.to_owned(),
            expected: self.expected(application),
        }
    }

    async fn draft(&mut self, filing: &'a Filing<'f>) -> Result<File<'a, 'f>> {
        let input = DraftInput {
            year: self.year,
            title: filing.title.key.clone(),
            person: filing.person.map(|index| self.city.people[index].id),
            story: story(self.city, filing, self.year),
            request_key: self.key(),
        };
        let unit = self.city.units[filing.unit].id;
        let chair = self.chair(filing);
        let id = told(applications::draft(self.app, &chair, &unit, &input).await)?;
        let drafted = told(applications::view(self.app, &chair, &id).await)?;
        Ok(File {
            filing,
            application: drafted.application,
        })
    }

    async fn submit(&mut self, file: &mut File<'_, '_>) -> Result<()> {
        let chair = self.chair(file.filing);
        let expected = self.expected(&file.application);
        let id = file.application.id;
        file.application = told(applications::submit(self.app, &chair, &id, &expected).await)?;
        Ok(())
    }

    async fn withdraw(&mut self, file: &mut File<'_, '_>) -> Result<()> {
        let chair = self.chair(file.filing);
        let expected = self.expected(&file.application);
        let id = file.application.id;
        let reason = "材料还没备齐，先撤回。";
        let withdrawn = applications::withdraw(self.app, &chair, &id, reason, &expected).await;
        file.application = told(withdrawn)?;
        Ok(())
    }

    /// What the subdistrict does.
    async fn endorse(&mut self, file: &mut File<'_, '_>) -> Result<()> {
        let goes_on = !matches!(
            file.filing.fate,
            Fate::Draft | Fate::Waiting | Fate::Withdrawn
        );
        if !goes_on || !file.is_with(self.city.units[self.city.cast.township].id) {
            return Ok(());
        }
        let township = self.actor("demo.township")?;
        self.find(&township, file, Outcome::Confirmed, "已看台账")
            .await?;
        let input = self.opinion(&file.application, ENDORSED);
        let id = file.application.id;
        file.application = told(reviews::endorse(self.app, &township, &id, &input).await)?;
        Ok(())
    }

    /// Records what was found on the first criterion of the title and gives its clause.
    async fn find(
        &self,
        actor: &Actor,
        file: &File<'_, '_>,
        outcome: Outcome,
        note: &str,
    ) -> Result<String> {
        let title = file.filing.title;
        let clause = title.criteria.first().or_else(|| {
            let below = title
                .below
                .as_ref()
                .and_then(|below| self.app.in_force().title(below));
            below.and_then(|below| below.criteria.first())
        });
        let clause = clause.context("a title has criteria")?.clause.clone();
        let input = FindingInput {
            clause: clause.clone(),
            outcome,
            note: note.to_owned(),
        };
        let id = file.application.id;
        told(reviews::record_finding(self.app, actor, &id, &input).await)?;
        Ok(clause)
    }

    async fn declare_conflict(&self, files: &[File<'_, '_>]) -> Result<()> {
        let reviewer = self.actor("demo.district-reviewer")?;
        if let Some(file) = files.iter().find(|file| file.is_with(self.district())) {
            let id = file.application.id;
            let reason = "本人的亲属在该单位工作。";
            told(reviews::declare_conflict(self.app, &reviewer, &id, reason).await)?;
        }
        Ok(())
    }

    /// What the district does.
    async fn examine(&mut self, file: &mut File<'_, '_>) -> Result<()> {
        if !file.is_with(self.district()) {
            return Ok(());
        }
        let approver = self.actor("demo.district")?;
        match file.filing.fate {
            Fate::Returned | Fate::Resubmitted => self.send_back(&approver, file).await,
            Fate::Rejected => self.reject(&approver, file).await,
            // Deciding and recommending have their days in November.
            Fate::Through => self.look_through(&approver, file).await,
            Fate::Draft | Fate::Waiting | Fate::Endorsed | Fate::Withdrawn => Ok(()),
        }
    }

    async fn send_back(&mut self, approver: &Actor, file: &mut File<'_, '_>) -> Result<()> {
        let clause = self.find(approver, file, Outcome::Confirmed, "").await?;
        let reasons = vec![CriterionReason {
            clause,
            note: "请补近三个月的台账。".to_owned(),
        }];
        let input = ReturnInput {
            to: ReturnTo::Applicant,
            opinion: RETURNED.to_owned(),
            reasons,
            expected: self.expected(&file.application),
        };
        let id = file.application.id;
        file.application = told(reviews::send_back(self.app, approver, &id, &input).await)?;
        Ok(())
    }

    async fn reject(&mut self, approver: &Actor, file: &mut File<'_, '_>) -> Result<()> {
        let note = "实地查看与申报不符。";
        let clause = self.find(approver, file, Outcome::Rejected, note).await?;
        let input = RejectInput {
            reason: REJECTED.to_owned(),
            reasons: vec![CriterionReason {
                clause,
                note: note.to_owned(),
            }],
            expected: self.expected(&file.application),
        };
        let id = file.application.id;
        file.application = told(reviews::reject(self.app, approver, &id, &input).await)?;
        Ok(())
    }

    /// Confirms what is claimed: the file is ready for the examination.
    async fn look_through(&self, approver: &Actor, file: &File<'_, '_>) -> Result<()> {
        self.find(approver, file, Outcome::Confirmed, "已实地查看")
            .await?;
        let id = file.application.id;
        told(reviews::confirm_rest(self.app, approver, &id, "已实地查看").await)?;
        Ok(())
    }
}
