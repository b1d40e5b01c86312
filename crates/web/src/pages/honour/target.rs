//! The city's progress towards the targets: figures, projections, and the lists of unions behind them. The charts are drawn here as SVG;
//! each stands beside its table.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    honour::{
        picture::{self as pictures, Hindrance, Picture},
        target::{self as progress, CityProgress, FederationProgress},
    },
};
use jianjia_domain::{
    core::{place::UnitPlace, policy::Act},
    honour::target::{self, Progress, Projection},
};
use jianjia_standard::{Standard, programme::TargetAmount};
use jianjia_words::{format, title};

use crate::{
    frame::Frame,
    page::{PageResult, page},
    pages::honour::address,
    routes::{Access, Route},
};

mod chart;
mod export;

use chart::{Bar, Mini, Reach};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/progress", Access::Public, index),
        Route::get("/progress/export", Access::Public, export::export),
    ]
}

#[derive(Template)]
#[template(path = "honour/target/index.html")]
struct Index {
    frame: Frame,
    standard: Arc<Standard>,
    progress: CityProgress,
    /// None in a file, and while the first one is still being made.
    picture: Option<Arc<Picture>>,
}

/// So many criteria that hold unions back are listed.
const SHOWN: usize = 10;

impl Index {
    fn of(app: &App, frame: Frame, progress: CityProgress, picture: Option<Arc<Picture>>) -> Index {
        Index {
            standard: app.in_force().clone(),
            frame,
            progress,
            picture,
        }
    }

    /// The years whose report can be made, the newest first, for those who see the city's checks.
    fn reported(&self) -> Vec<i16> {
        let sees = |city: &UnitPlace| self.frame.may(&Act::SeeSpotCheck, city);
        if !self.progress.city.as_ref().is_some_and(sees) {
            return Vec::new();
        }
        let (first, year) = (self.standard.programme.first_year, self.frame.year);
        (first.max(year - 1)..=year).rev().collect()
    }

    fn years(&self) -> String {
        let programme = &self.standard.programme;
        format!("{}-{}", programme.first_year, programme.last_year)
    }

    /// How many years the plan has.
    fn length(&self) -> String {
        let programme = &self.standard.programme;
        let years = (programme.first_year..=programme.last_year).count();
        format::few(self.frame.lang, years)
    }

    /// The titles whose targets are a share of the unions.
    fn shares(&self) -> Vec<String> {
        let targets = self.progress.targets.iter();
        targets
            .filter(|target| target.of.is_some())
            .map(|target| self.title_name(target))
            .collect()
    }

    /// The titles that are named in the year after their own, as they are called.
    fn late(&self) -> String {
        title::called(self.frame.lang, &self.standard, |title| {
            target::lag(&self.standard, &title.key) > 0
        })
    }

    fn title_name(&self, target: &Progress) -> String {
        self.standard.title(&target.title).map_or_else(
            || target.title.clone(),
            |title| self.frame.text(&title.name).to_owned(),
        )
    }

    /// The figure in large type: a count, or a share.
    fn figure(&self, target: &Progress) -> String {
        match (target.of, target.share_bp) {
            (Some(_), Some(share)) => percent(share),
            (Some(_), None) => "—".to_owned(),
            (None, _) => self.frame.count(target.held),
        }
    }

    fn sentence(&self, target: &Progress) -> String {
        match target.of {
            Some(of) => self.frame.t3(
                "{} 个基层工会中有 {} 个，目标要 {} 个。",
                self.frame.count(of),
                self.frame.count(target.held),
                self.frame.count(target.required),
            ),
            None => self.frame.t2(
                "目标 {} 个，还差 {} 个。",
                self.frame.count(target.required),
                self.frame.count(target.short_by()),
            ),
        }
    }

    fn reached(&self, target: &Progress) -> String {
        percent(target.reached_bp)
    }

    fn projection(&self, target: &Progress) -> String {
        match &target.projection {
            Projection::Unknown => self.frame.t("还没有一个完整的年度，无法推算。").to_owned(),
            Projection::Expected { reaches, .. } if self.frame.today >= target.by => {
                let held = self.frame.count(target.held);
                if *reaches {
                    self.frame.t1("到期时有 {} 个，达到了目标。", held)
                } else {
                    let short = self.frame.count(target.short_by());
                    self.frame
                        .t2("到期时有 {} 个，没有达到目标，差 {} 个。", held, short)
                }
            }
            Projection::Expected {
                figure,
                given,
                whole_years,
                reaches,
                ..
            } => {
                // The years that are over may have given fewer than there are by now.
                let words = if *figure > target.held {
                    "前 {} 个完整年度共 {} 个，照这个平均速度，到期约 {} 个："
                } else {
                    "前 {} 个完整年度共 {} 个，照这个平均速度，到期也不会比现在的 {} 个多："
                };
                let expected = self.frame.t3(
                    words,
                    whole_years,
                    self.frame.count(*given),
                    self.frame.count(*figure),
                );
                let verdict = if *reaches {
                    self.frame.t("能够达到目标。")
                } else {
                    self.frame.t("达不到目标。")
                };
                format!("{expected}{verdict}")
            }
        }
    }

    fn by(&self, target: &Progress) -> String {
        self.frame.day(target.by)
    }

    /// The honour roll's list behind a figure.
    fn list(&self, target: &Progress, year: Option<&i16>) -> String {
        let year = year.map_or_else(|| self.years(), ToString::to_string);
        let kind = if target.of.is_some() {
            "&kind=grassroots"
        } else {
            ""
        };
        format!("{}{kind}", address::roll(&target.title, &year))
    }

    fn list_of(&self, target: &Progress, federation: &FederationProgress) -> Option<String> {
        let unit = federation.federation.as_ref()?;
        Some(format!("{}&under={}", self.list(target, None), unit.id))
    }

    fn federation_name<'a>(&'a self, federation: &'a FederationProgress) -> &'a str {
        federation
            .federation
            .as_ref()
            .map_or_else(|| self.frame.t("市直属单位工会"), |unit| &unit.name)
    }

    fn held(&self, federation: &FederationProgress, place: &usize) -> String {
        self.frame
            .count(federation.held.get(*place).copied().unwrap_or(0))
    }

    /// The share of the unions for a target that is a share.
    fn share(&self, federation: &FederationProgress, place: &usize) -> Option<String> {
        let target = self.standard.targets.get(*place)?;
        match target.amount {
            TargetAmount::Share(_) => federation.share_bp(*place).map(percent),
            TargetAmount::Count(_) => None,
        }
    }

    fn bars(&self, target: &Progress) -> Vec<Bar> {
        chart::bars(&target.by_year, |year, count| {
            if count > 0 || self.has_begun(&year) {
                self.frame.count(count)
            } else {
                "—".to_owned()
            }
        })
    }

    /// Of a year to come there is nothing to say yet, which is not the same as none.
    fn has_begun(&self, year: &i16) -> bool {
        *year <= self.frame.today.year()
    }

    fn chart_width(&self, target: &Progress) -> i64 {
        chart::bars_width(&target.by_year)
    }

    fn chart_words(&self, target: &Progress) -> String {
        self.frame.t1(
            "{}：各年度新增的柱形图，数字在下面的表里",
            self.title_name(target),
        )
    }

    fn reach(&self, target: &Progress) -> Reach {
        chart::reach(target)
    }

    fn due(&self, target: &Progress) -> String {
        percent(target.due_bp)
    }

    /// A federation's small chart.
    fn minis(&self, federation: &FederationProgress) -> Vec<Mini> {
        chart::minis(
            &self.progress.targets,
            &self.progress.federations,
            federation,
        )
    }

    fn minis_height(&self) -> i64 {
        chart::minis_height(&self.progress.targets)
    }

    /// The same in words.
    fn minis_words(&self, federation: &FederationProgress) -> String {
        let held = self.progress.targets.iter().zip(&federation.held);
        let words: Vec<String> = held
            .map(|(target, held)| format!("{} {}", self.title_name(target), self.frame.count(held)))
            .collect();
        let name = self.federation_name(federation);
        format!(
            "{name}{}{}",
            self.frame.t("："),
            words.join(self.frame.t("、"))
        )
    }

    /// The criteria that most unions don't meet, as many as are read at a glance.
    fn hindrances(&self) -> Vec<&Hindrance> {
        let picture = self.picture.iter();
        picture
            .flat_map(|picture| &picture.hindrances)
            .take(SHOWN)
            .collect()
    }

    fn criterion_name(&self, clause: &str) -> &str {
        let criterion = self.standard.criterion(clause);
        criterion.map_or("", |criterion| self.frame.text(&criterion.name))
    }

    /// A share of `whole`, out of 1000.
    fn of_thousand(&self, part: &i64, whole: &i64) -> i64 {
        target::basis_points(*part, *whole)
            .unwrap_or(0)
            .clamp(0, 10_000)
            / 10
    }

    fn turnout(&self) -> Option<(String, String)> {
        let picture = self.picture.as_ref()?;
        let (frame, turnout) = (&self.frame, &picture.turnout);
        let rated = frame.t3(
            "{} 年度已有 {} 家基层工会有会员民主测评的结果，占 {}。",
            picture.year,
            frame.count(turnout.rated),
            percent(target::basis_points(turnout.rated, picture.unions)?),
        );
        let Some(cast) = target::basis_points(turnout.cast, turnout.roll) else {
            return Some((rated, String::new()));
        };
        let voted = frame.t3(
            "应投票会员 {} 人，投票 {} 人，投票率 {}。",
            frame.count(turnout.roll),
            frame.count(turnout.cast),
            percent(cast),
        );
        Some((rated, voted))
    }
}

/// Hundredths of a percent with one decimal, cut off: `93.7%`.
fn percent(basis_points: i64) -> String {
    format!("{}.{}%", basis_points / 100, basis_points % 100 / 10)
}

async fn index(State(app): State<App>, frame: Frame) -> PageResult {
    let progress = progress::city(&app).await?;
    let picture = pictures::picture(&app).await;
    page(&Index::of(&app, frame, progress, picture))
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_percentage_is_cut_off_and_never_rounded_up() {
        let check = |basis_points: i64, expect: &str| assert_eq!(percent(basis_points), expect);
        check(0, "0.0%");
        check(8_999, "89.9%");
        check(10_000, "100.0%");
        check(12_345, "123.4%");
    }
}
