//! The arguments that say what a metric may return, and which of it passes.

use anyhow::bail;
use clap::{Args, ValueEnum};
use jurybox::{EvaluationOptions, PassRule, ReturnType};

/// What metrics may return, and which of it passes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Results of metrics")]
pub struct RuleArgs {
    /// Accept null as the answer "not applicable" instead of treating it as an error
    #[arg(long)]
    allow_na: bool,
    /// Skip events without ground truth (`expected`, `reference`, ...) instead of judging them
    #[arg(long)]
    needs_ground_truth: bool,
    /// The type that values must have; others are invalid [default: any]
    #[arg(long, value_name = "TYPE", value_enum)]
    returns: Option<TypeArg>,
    /// The texts that a categorical metric may return [default: any]
    #[arg(long, value_name = "A,B,...", value_delimiter = ',', value_parser = category, requires = "returns")]
    categories: Vec<String>,
    /// The boolean that passes [default: what the metric says with `pass`, else true]
    #[arg(long, value_name = "BOOLEAN", conflicts_with_all = ["min", "max", "pass_categories"])]
    pass_when: Option<bool>,
    /// The smallest number that passes (itself included)
    #[arg(
        long, value_name = "NUMBER", value_parser = number, allow_negative_numbers = true,
        conflicts_with = "pass_categories"
    )]
    min: Option<f64>,
    /// The largest number that passes (itself included)
    #[arg(
        long, value_name = "NUMBER", value_parser = number, allow_negative_numbers = true,
        conflicts_with = "pass_categories"
    )]
    max: Option<f64>,
    /// The texts that pass
    #[arg(long, value_name = "A,B,...", value_delimiter = ',', value_parser = category)]
    pass_categories: Vec<String>,
}

/// [`ReturnType`] as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TypeArg {
    /// [`ReturnType::Boolean`]
    #[value(help = None)]
    Boolean,
    /// [`ReturnType::Number`]
    #[value(help = None)]
    Number,
    /// [`ReturnType::String`]
    #[value(help = None)]
    String,
    /// [`ReturnType::Categorical`]
    #[value(help = None)]
    Categorical,
}

impl TypeArg {
    const fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Categorical => "categorical",
        }
    }
}

impl RuleArgs {
    /// Puts the rules into options.
    ///
    /// # Errors
    /// With one sentence, when the rules contradict each other.
    pub fn apply(&self, options: &mut EvaluationOptions) -> anyhow::Result<()> {
        self.check()?;
        options.allows_na = self.allow_na;
        options.needs_ground_truth = self.needs_ground_truth;
        options.returns = self.returns.map(|returns| match returns {
            TypeArg::Boolean => ReturnType::Boolean,
            TypeArg::Number => ReturnType::Number,
            TypeArg::String => ReturnType::String,
            TypeArg::Categorical => ReturnType::Categorical(self.categories.clone()),
        });
        options.pass_rule = if let Some(value) = self.pass_when {
            Some(PassRule::Equals(value))
        } else if !self.pass_categories.is_empty() {
            Some(PassRule::OneOf(self.pass_categories.clone()))
        } else if self.min.is_some() || self.max.is_some() {
            Some(PassRule::Within {
                min: self.min,
                max: self.max,
            })
        } else {
            None
        };
        Ok(())
    }

    fn check(&self) -> anyhow::Result<()> {
        if let Some(returns) = self.returns {
            if !self.categories.is_empty() && returns != TypeArg::Categorical {
                bail!(
                    "--categories goes with --returns categorical, not with --returns {}",
                    returns.name()
                );
            }
            let is_number = self.min.is_some() || self.max.is_some();
            for (is_given, argument, types) in [
                (self.pass_when.is_some(), "--pass-when", &[TypeArg::Boolean][..]),
                (is_number, "--min and --max", &[TypeArg::Number]),
                (
                    !self.pass_categories.is_empty(),
                    "--pass-categories",
                    &[TypeArg::Categorical, TypeArg::String],
                ),
            ] {
                if is_given && !types.contains(&returns) {
                    let verb = if is_number { "go" } else { "goes" };
                    bail!(
                        "{argument} {verb} with --returns {}, not with --returns {}: nothing could pass",
                        types.iter().map(|known| known.name()).collect::<Vec<_>>().join(" or "),
                        returns.name()
                    );
                }
            }
        }
        if let (Some(min), Some(max)) = (self.min, self.max)
            && min > max
        {
            bail!("--min {min} is larger than --max {max}: nothing could pass");
        }
        let is_unknown = |passing: &&String| !self.categories.is_empty() && !self.categories.contains(passing);
        if let Some(unknown) = self.pass_categories.iter().find(is_unknown) {
            bail!(
                "--pass-categories: {unknown:?} is none of --categories {}",
                self.categories.join(",")
            );
        }
        Ok(())
    }
}

fn number(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err("expected a number, such as 0.5".to_owned()),
    }
}

fn category(text: &str) -> Result<String, String> {
    if text.is_empty() {
        Err("expected texts with commas between them, such as good,bad".to_owned())
    } else {
        Ok(text.to_owned())
    }
}
