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
use jiff::civil::{Date, date};

use crate::{
    core::city::City,
    making::YEAR,
    office::actor::{actor, chair_of, told},
    round::{
        application::{ENDORSED, REJECTED, RETURNED, STORY},
        filing::{Fate, Filing},
    },
};

/// The days on which the applications begin and end their way.
pub const FIRST_DAY: Date = date(2016, 10, 10);
pub const LAST_DAY: Date = date(2016, 10, 17);

/// How many go through the acts.
pub const AT_MOST: usize = 26;

struct Stage<'a> {
    app: &'a App,
    city: &'a City,
    accounts: &'a [Account],
    request: usize,
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

/// Takes the filings through the acts, day by day.
///
/// # Errors
/// When an act is refused.
pub async fn perform(
    app: &App,
    city: &City,
    accounts: &[Account],
    filings: &[Filing<'_>],
) -> Result<()> {
    let mut stage = Stage {
        app,
        city,
        accounts,
        request: 0,
    };
    stage.on(FIRST_DAY);
    let mut files = Vec::new();
    for filing in filings {
        files.push(stage.draft(filing).await?);
    }
    stage.on(date(2016, 10, 11));
    for file in files
        .iter_mut()
        .filter(|file| file.filing.fate != Fate::Draft)
    {
        stage.submit(file).await?;
    }
    stage.on(date(2016, 10, 12));
    for file in files
        .iter_mut()
        .filter(|file| file.filing.fate == Fate::Withdrawn)
    {
        stage.withdraw(file).await?;
    }
    stage.on(date(2016, 10, 13));
    for file in &mut files {
        stage.endorse(file).await?;
    }
    stage.on(date(2016, 10, 14));
    stage.declare_conflict(&files).await?;
    for file in &mut files {
        stage.examine(file).await?;
    }
    stage.on(LAST_DAY);
    for file in files
        .iter_mut()
        .filter(|file| file.filing.fate == Fate::Resubmitted)
    {
        stage.submit(file).await?;
    }
    Ok(())
}

impl Stage<'_> {
    fn on(&self, day: Date) {
        self.app.clock.set(day);
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

    async fn draft<'a, 'f>(&mut self, filing: &'a Filing<'f>) -> Result<File<'a, 'f>> {
        let input = DraftInput {
            year: YEAR,
            title: filing.title.key.clone(),
            person: filing.person.map(|index| self.city.people[index].id),
            story: STORY.to_owned(),
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
        told(reviews::confirm_rest(self.app, approver, &id).await)?;
        Ok(())
    }
}
