//! Topics of study: one in spring, one in autumn, asked by the city.

use anyhow::Result;
use jianjia_app::sharing::topic as topics;
use jianjia_domain::sharing::topic::TopicForm;
use jiff::{ToSpan, civil::Date};

use super::{Sharing, theme::QUESTIONS};
use crate::office::actor::told;

/// So many unions say something.
const SPEAKING: usize = 4;

impl Sharing<'_> {
    fn question(day: Date) -> usize {
        usize::from(day.month() >= 9)
    }

    pub(super) async fn open_topic(&mut self, day: Date) -> Result<()> {
        let question = &QUESTIONS[Self::question(day)];
        let Some(city) = self.leading.main_unit() else {
            return Ok(());
        };
        let form = TopicForm {
            title: question.title.to_owned(),
            question: question.question.to_owned(),
            opens_on: day.to_string(),
            closes_on: day.saturating_add(40.days()).to_string(),
            ..TopicForm::default()
        };
        let city = city.id;
        self.topic = Some(told(
            topics::open(self.app, &self.leading, &city, &form).await,
        )?);
        Ok(())
    }

    pub(super) async fn contribute(&mut self, day: Date) -> Result<()> {
        let Some(topic) = self.topic else {
            return Ok(());
        };
        let question = &QUESTIONS[Self::question(day)];
        let apart = (self.chairs.len() / SPEAKING).max(1);
        // The union of the story has not said anything yet.
        let speaking: Vec<_> = self.chairs.iter().skip(1).step_by(apart).cloned().collect();
        for (chair, said) in speaking.iter().zip(question.said) {
            let Some(chair) = self.as_of_today(chair).await? else {
                continue;
            };
            let Some(unit) = chair.main_unit().map(|unit| unit.id) else {
                continue;
            };
            let what = (said, Vec::new());
            let done = topics::contribute(self.app, &chair, (&topic, &unit), what, "");
            told(done.await)?;
        }
        let view = told(topics::view(self.app, &self.leading, &topic, 1).await)?;
        if let Some(first) = view.said.first() {
            let answer = question.answer;
            told(topics::answer(self.app, &self.leading, &topic, &first.id, answer).await)?;
        }
        Ok(())
    }

    pub(super) async fn close_topic(&mut self) -> Result<()> {
        let Some(topic) = self.topic.take() else {
            return Ok(());
        };
        let view = told(topics::view(self.app, &self.leading, &topic, 1).await)?;
        let question = QUESTIONS
            .iter()
            .find(|question| question.title == view.topic.title)
            .unwrap_or(&QUESTIONS[0]);
        told(topics::close(self.app, &self.leading, &topic, question.summary).await)
    }
}
