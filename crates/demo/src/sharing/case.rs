//! Cases: written by good unions, recommended upward, edited, agreed to and published; some of this year stay on their way, so that each state is met.

use std::io::Cursor;

use anyhow::{Context, Result};
use image::{ImageFormat, Rgb, RgbImage};
use jianjia_app::{
    sharing::case::{self as cases, CaseView},
    year::evidence::File,
};
use jianjia_domain::{
    core::{ids::CaseId, policy::Actor},
    sharing::case::{CaseForm, CaseState},
};
use jiff::civil::Date;

use super::{
    Sharing, officer,
    theme::{THEMES, Theme},
};
use crate::{core::draw::Draw, office::actor::told, register::growth::FIRST_YEAR};

/// How far a case comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Published,
    /// The city edits it before.
    Edited,
    TakenDown,
    Draft,
    Waiting,
    Returned,
    Left,
    AtTheCity,
    Asked,
    Declined,
    Agreed,
}

/// A case that is under way.
pub(super) struct OnItsWay {
    id: CaseId,
    chair: Actor,
    fate: Fate,
}

/// What becomes of a year's cases: in a year that is over they are published, but for two.
const OF_THE_PAST: [Fate; 14] = [
    Fate::Edited,
    Fate::Published,
    Fate::Published,
    Fate::Edited,
    Fate::Published,
    Fate::Published,
    Fate::Edited,
    Fate::Published,
    Fate::Published,
    Fate::Edited,
    Fate::Published,
    Fate::Published,
    Fate::TakenDown,
    Fate::Left,
];

/// Of this year.
const OF_NOW: [Fate; 8] = [
    Fate::Draft,
    Fate::Waiting,
    Fate::Returned,
    Fate::Left,
    Fate::AtTheCity,
    Fate::Asked,
    Fate::Declined,
    Fate::Agreed,
];

impl Sharing<'_> {
    pub(super) async fn write_cases(&mut self, day: Date) -> Result<()> {
        self.cases.clear();
        let mut fates = OF_THE_PAST.to_vec();
        if day.year() == self.today.year() {
            fates.extend(OF_NOW);
        }
        let turn = usize::try_from(day.year() - FIRST_YEAR).unwrap_or(0);
        for (place, fate) in fates.into_iter().enumerate() {
            if self.chairs.is_empty() {
                return Ok(());
            }
            // What the union of the story is asked about, its chair finds on the desk.
            let whose = match fate {
                Fate::Asked => 0,
                _ => 1 + (turn * 7 + place) % (self.chairs.len().max(2) - 1),
            };
            let Some(chair) = self.chairs.get(whose).cloned() else {
                continue;
            };
            let Some(chair) = self.as_of_today(&chair).await? else {
                continue;
            };
            let number = i64::from(day.year()) * 100 + place as i64;
            let theme = &THEMES[(turn * 4 + place) % THEMES.len()];
            let id = self.write(&chair, theme, number).await?;
            if place % 4 == 0 {
                self.photograph(&chair, &id, number).await?;
            }
            if fate != Fate::Draft {
                told(cases::hand_in(self.app, &chair, &id).await)?;
            }
            self.cases.push(OnItsWay { id, chair, fate });
        }
        Ok(())
    }

    async fn write(&self, chair: &Actor, theme: &Theme, number: i64) -> Result<CaseId> {
        let mut draw = Draw::of("case", number);
        let unit = &chair.roles.first().context("a role")?.unit;
        let known = cases::clauses_for(self.app.in_force(), unit.kind);
        let clauses = theme.clauses.iter().map(|clause| (*clause).to_owned());
        let mut clauses: Vec<String> = clauses.filter(|clause| known.contains(clause)).collect();
        if clauses.is_empty() {
            clauses.extend(known.into_iter().take(1));
        }
        let form = CaseForm {
            title: theme.title.to_owned(),
            problem: theme.problem.to_owned(),
            method: theme.method.to_owned(),
            effect: theme
                .effect
                .replace("{}", &draw.between(18, 260).to_string()),
            clauses,
            // A name may stand in a text as a word.
            names_agreed: "on".to_owned(),
        };
        told(cases::begin(self.app, chair, &unit.id, &form, (None, "")).await)
    }

    async fn photograph(&self, chair: &Actor, id: &CaseId, number: i64) -> Result<()> {
        let mut draw = Draw::of("case photo", number);
        let mut shade = || u8::try_from(draw.between(60, 200)).unwrap_or(120);
        let colour = [shade(), shade(), shade()];
        let picture = RgbImage::from_fn(240, 160, |x, y| {
            let is_frame = x < 6 || y < 6 || x >= 234 || y >= 154;
            let is_figure = (x % 60) > 20 && (x % 60) < 40 && y > 60 + x % 20;
            Rgb(if is_frame || is_figure {
                colour
            } else {
                [244, 240, 232]
            })
        });
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png)?;
        let file = File {
            name: "现场.png".to_owned(),
            bytes: bytes.into_inner().into(),
        };
        let words = ("活动现场，职工们在讨论", "on");
        told(cases::add_photo(self.app, chair, id, vec![file], words).await)
    }

    async fn view(&self, case: &OnItsWay) -> Result<CaseView> {
        told(cases::view(self.app, Some(&case.chair), &case.id).await)
    }

    /// Each office recommends what is to come to the city; one returns a case, one leaves one.
    pub(super) async fn recommend_cases(&mut self) -> Result<()> {
        for case in &self.cases {
            loop {
                let view = self.view(case).await?;
                let (CaseState::Recommended, Some(at)) = (view.case.state, view.case.at) else {
                    break;
                };
                let officer = officer(&at);
                let (how, reason) = match case.fate {
                    Fate::Waiting => break,
                    Fate::Returned => ("return", "效果只写了一句，请补上数字和职工的说法。"),
                    Fate::Left => ("leave", "做法和去年发布的一个相同，请换一个角度再写。"),
                    _ => ("recommend", ""),
                };
                told(cases::review(self.app, &officer, &case.id, (how, reason)).await)?;
            }
            // A direct union's cases come to the city at once.
            let view = self.view(case).await?;
            let how = match case.fate {
                Fate::Returned => "return",
                Fate::Left => "leave",
                _ => continue,
            };
            if view.case.state == CaseState::Editing {
                let words = (how, "请结合本单位的实际再写具体一些。");
                told(cases::review(self.app, &self.leading, &case.id, words).await)?;
            }
        }
        Ok(())
    }

    /// The city edits some, and puts all but one to their unions.
    pub(super) async fn edit_cases(&mut self) -> Result<()> {
        for case in &self.cases {
            let view = self.view(case).await?;
            if view.case.state != CaseState::Editing || case.fate == Fate::AtTheCity {
                continue;
            }
            if !matches!(case.fate, Fate::Published | Fate::TakenDown) {
                let mut form = CaseForm::of(&view.text.written);
                form.method = format!(
                    "一、先问清楚。{}\n二、定下来就不变。写明谁来做、什么时候做完。",
                    form.method
                );
                let revision = view.case.revision;
                told(cases::save(self.app, &self.leading, &case.id, &form, revision).await)?;
            }
            told(cases::review(self.app, &self.leading, &case.id, ("ask", "")).await)?;
        }
        Ok(())
    }

    /// Unions answer, and the city publishes what was agreed to.
    pub(super) async fn publish_cases(&mut self) -> Result<()> {
        for case in &self.cases {
            let view = self.view(case).await?;
            if view.case.state != CaseState::Asked || case.fate == Fate::Asked {
                continue;
            }
            let Some(chair) = self.as_of_today(&case.chair).await? else {
                continue;
            };
            let number = view.case.fixed;
            let answer = match case.fate {
                Fate::Declined => (
                    "decline",
                    number,
                    "第二段不是我们的做法，请改回原来的说法。",
                ),
                _ => ("agree", number, ""),
            };
            told(cases::answer(self.app, &chair, &case.id, answer).await)?;
            if matches!(case.fate, Fate::Published | Fate::Edited | Fate::TakenDown) {
                told(cases::review(self.app, &self.leading, &case.id, ("publish", "")).await)?;
            }
        }
        Ok(())
    }

    /// A union has its case taken down.
    pub(super) async fn take_down(&mut self, _day: Date) -> Result<()> {
        for case in &self.cases {
            if case.fate != Fate::TakenDown {
                continue;
            }
            let view = self.view(case).await?;
            if view.case.state == CaseState::Published {
                told(cases::withdraw(self.app, &case.chair, &case.id, "").await)?;
            }
        }
        Ok(())
    }
}
