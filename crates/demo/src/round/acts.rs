//! A few dozen applications that go their way through the real acts, so that their judgements, events and audit lines are those of the
//! program itself: the ones of the subdistrict and the district of the story.

use std::collections::HashMap;

use anyhow::{Context, Result, anyhow};
use jianjia_app::{
    core::{app::App, error::Error},
    round::{
        application::{self as applications, DraftInput, Expected},
        recommendation as recommendations,
        review::{self as reviews, FindingInput, OpinionInput, RejectInput, ReturnInput},
    },
};
use jianjia_domain::{
    core::{
        ids::{AccountId, ApplicationId, PersonId},
        policy::{Actor, Role, RoleAt},
    },
    round::{
        application::{Application, CriterionReason, ReturnTo},
        review::Outcome,
    },
};
use jianjia_standard::kinds::Post;
use jiff::civil::{Date, date};

use crate::{
    core::city::City,
    making::YEAR,
    office::account::seat_of,
    round::{
        application::{ENDORSED, NAMED, RECOMMENDED, REJECTED, RETURNED, STORY, place},
        filing::{Fate, Filing},
    },
};

/// The days on which the applications begin and end their way.
pub const FIRST_DAY: Date = date(2016, 10, 10);
pub const LAST_DAY: Date = date(2016, 10, 17);

/// How many go through the acts.
pub const AT_MOST: usize = 26;

/// The demo's accounts as they sign in, by login.
pub type Accounts = HashMap<&'static str, (AccountId, Option<PersonId>, String)>;

struct Stage<'a> {
    app: &'a App,
    city: &'a City,
    accounts: &'a Accounts,
    request: usize,
}

/// Takes the filings through the acts, day by day.
pub async fn perform(
    app: &App,
    city: &City,
    accounts: &Accounts,
    filings: &[Filing<'_>],
) -> Result<()> {
    let mut stage = Stage {
        app,
        city,
        accounts,
        request: 0,
    };
    let mut under_way: Vec<(usize, Application)> = Vec::new();
    stage.on(FIRST_DAY);
    for (index, filing) in filings.iter().enumerate() {
        let id = stage.draft(filing).await?;
        under_way.push((index, stage.found(&id).await?));
    }
    stage.on(date(2016, 10, 11));
    for (index, application) in under_way
        .iter_mut()
        .filter(|(index, _)| filings[*index].fate != Fate::Draft)
    {
        let chair = stage.chair(&filings[*index]);
        let expected = stage.expected(application);
        *application = told(applications::submit(app, &chair, &application.id, &expected).await)?;
    }
    stage.on(date(2016, 10, 12));
    for (index, application) in under_way
        .iter_mut()
        .filter(|(index, _)| filings[*index].fate == Fate::Withdrawn)
    {
        let chair = stage.chair(&filings[*index]);
        let expected = stage.expected(application);
        *application = told(
            applications::withdraw(
                app,
                &chair,
                &application.id,
                "材料还没备齐，先撤回。",
                &expected,
            )
            .await,
        )?;
    }
    stage.on(date(2016, 10, 13));
    let township = stage.actor("demo.township")?;
    for (index, application) in &mut under_way {
        let goes_on = !matches!(
            filings[*index].fate,
            Fate::Draft | Fate::Waiting | Fate::Withdrawn
        );
        if goes_on
            && application
                .turn()
                .is_some_and(|turn| turn.unit.id == stage.city.units[stage.city.cast.township].id)
        {
            stage
                .find(&township, application, Outcome::Confirmed, "已看台账")
                .await?;
            let input = stage.opinion(application, ENDORSED);
            *application = told(reviews::endorse(app, &township, &application.id, &input).await)?;
        }
    }
    stage.on(date(2016, 10, 14));
    stage.declare_conflict(&under_way).await?;
    for (index, application) in &mut under_way {
        stage.examine(&filings[*index], application).await?;
    }
    stage.on(LAST_DAY);
    for (index, application) in under_way
        .iter_mut()
        .filter(|(index, _)| filings[*index].fate == Fate::Resubmitted)
    {
        let chair = stage.chair(&filings[*index]);
        let expected = stage.expected(application);
        *application = told(applications::submit(app, &chair, &application.id, &expected).await)?;
    }
    Ok(())
}

impl Stage<'_> {
    fn on(&self, day: Date) {
        self.app.clock.set(day);
    }

    fn actor(&self, login: &str) -> Result<Actor> {
        actor(self.city, self.accounts, login)
    }

    /// The chair who files: of the unit, or of the union that a branch belongs to.
    fn chair(&self, filing: &Filing) -> Actor {
        let unit = &self.city.units[filing.unit];
        let files = match unit.kind {
            jianjia_domain::register::unit::UnitKind::Branch => unit.above.unwrap_or(filing.unit),
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

    async fn draft(&mut self, filing: &Filing<'_>) -> Result<ApplicationId> {
        let input = DraftInput {
            year: YEAR,
            title: filing.title.key.clone(),
            person: filing.person.map(|index| self.city.people[index].id),
            story: STORY.to_owned(),
            request_key: self.key(),
        };
        let unit = self.city.units[filing.unit].id;
        told(applications::draft(self.app, &self.chair(filing), &unit, &input).await)
    }

    async fn found(&self, id: &ApplicationId) -> Result<Application> {
        let mut tx = self.app.db.read().await?;
        jianjia_store::round::application::find(&mut tx, id)
            .await?
            .context("the application that was drafted")
    }

    async fn find(
        &self,
        actor: &Actor,
        application: &Application,
        outcome: Outcome,
        note: &str,
    ) -> Result<String> {
        let title = self
            .app
            .standard
            .title(&application.title)
            .context("the title applied for")?;
        let clause = title.criteria.first().or_else(|| {
            let below = title
                .below
                .as_ref()
                .and_then(|below| self.app.standard.title(below));
            below.and_then(|below| below.criteria.first())
        });
        let clause = clause.context("a title has criteria")?.clause.clone();
        let input = FindingInput {
            clause: clause.clone(),
            outcome,
            note: note.to_owned(),
        };
        told(reviews::record_finding(self.app, actor, &application.id, &input).await)?;
        Ok(clause)
    }

    async fn declare_conflict(&self, under_way: &[(usize, Application)]) -> Result<()> {
        let reviewer = self.actor("demo.district-reviewer")?;
        let district = self.city.units[self.city.cast.tianning].id;
        let file = under_way.iter().find(|(_, application)| {
            application
                .turn()
                .is_some_and(|turn| turn.unit.id == district)
        });
        if let Some((_, application)) = file {
            told(
                reviews::declare_conflict(
                    self.app,
                    &reviewer,
                    &application.id,
                    "本人的亲属在该单位工作。",
                )
                .await,
            )?;
        }
        Ok(())
    }

    /// What the district does.
    async fn examine(&mut self, filing: &Filing<'_>, application: &mut Application) -> Result<()> {
        let district = self.city.units[self.city.cast.tianning].id;
        let is_here = application
            .turn()
            .is_some_and(|turn| turn.unit.id == district);
        if !is_here {
            return Ok(());
        }
        let approver = self.actor("demo.district")?;
        let app = self.app;
        match filing.fate {
            Fate::Returned | Fate::Resubmitted => {
                let reasons = vec![CriterionReason {
                    clause: self
                        .find(&approver, application, Outcome::Confirmed, "")
                        .await?,
                    note: "请补近三个月的台账。".to_owned(),
                }];
                let input = ReturnInput {
                    to: ReturnTo::Applicant,
                    opinion: RETURNED.to_owned(),
                    reasons,
                    expected: self.expected(application),
                };
                *application =
                    told(reviews::send_back(app, &approver, &application.id, &input).await)?;
            }
            Fate::Rejected => {
                let clause = self
                    .find(
                        &approver,
                        application,
                        Outcome::Rejected,
                        "实地查看与申报不符。",
                    )
                    .await?;
                let reasons = vec![CriterionReason {
                    clause,
                    note: "实地查看与申报不符。".to_owned(),
                }];
                let input = RejectInput {
                    reason: REJECTED.to_owned(),
                    reasons,
                    expected: self.expected(application),
                };
                *application =
                    told(reviews::reject(app, &approver, &application.id, &input).await)?;
            }
            Fate::Through
                if crate::round::filing::is_decided_below_city(filing.title, &app.standard) =>
            {
                self.find(&approver, application, Outcome::Confirmed, "已实地查看")
                    .await?;
                let input = self.opinion(application, NAMED);
                *application =
                    told(reviews::decide(app, &approver, &application.id, &input).await)?;
            }
            Fate::Through => {
                self.find(&approver, application, Outcome::Confirmed, RECOMMENDED)
                    .await?;
                let chosen = [(application.id, application.revision)];
                let key = self.key();
                told(
                    recommendations::recommend(
                        app,
                        &approver,
                        YEAR,
                        &application.title,
                        &district,
                        &chosen,
                        &key,
                    )
                    .await,
                )?;
            }
            Fate::Draft | Fate::Waiting | Fate::Endorsed | Fate::Withdrawn => {}
        }
        Ok(())
    }
}

/// The chair of a union without an account of the demo, as one acts.
pub fn chair_of(city: &City, unit: usize) -> Actor {
    let person = city
        .people
        .iter()
        .find(|person| person.unit == unit && person.post == Post::Chair);
    Actor {
        account: AccountId(city.units[unit].id.0),
        person: person.map(|person| person.id),
        name: person.map_or_else(String::new, |person| person.name.clone()),
        roles: vec![RoleAt {
            role: Role::Chair,
            unit: place(&city.units[unit]),
        }],
    }
}

/// A demo account as it acts.
pub fn actor(city: &City, accounts: &Accounts, login: &str) -> Result<Actor> {
    let (account, person, name) = accounts.get(login).context("an account of the demo")?;
    let (unit, roles, _) = seat_of(city, login);
    let unit = place(&city.units[unit]);
    Ok(Actor {
        account: *account,
        person: *person,
        name: name.clone(),
        roles: roles
            .iter()
            .map(|role| RoleAt {
                role: *role,
                unit: unit.clone(),
            })
            .collect(),
    })
}

/// A refusal while the city is made is a mistake of the making: it says which.
pub fn told<T>(answer: jianjia_app::core::error::Result<T>) -> Result<T> {
    answer.map_err(|error| match error {
        Error::Refused(refusal) => {
            anyhow!("refused: {}", refusal.sentence(jianjia_standard::Lang::En))
        }
        other => anyhow::Error::from(other),
    })
}
