"""The vocabulary in which figures of metrics are written.

A figure counts or measures a population, the items that a moment places in a period. Conditions narrow it, and a
measure is the value of each item that is summed or averaged.

    metrics.Share(metrics.Items("acme.order", metrics.Did("deliver")), metrics.Given("supplier"))
"""

from placet.definitions.figures import (
    AllOf,
    AnyOf,
    At,
    AtLeast,
    AtMost,
    Between,
    By,
    Condition,
    Count,
    Did,
    Distinct,
    Event,
    Figure,
    FirstTry,
    Given,
    Instant,
    Items,
    Linked,
    Made,
    Mean,
    Measure,
    Moves,
    Not,
    Now,
    Number,
    Percentile,
    Population,
    Rate,
    Ratio,
    SetAside,
    Share,
    Simple,
    Spent,
    Standing,
    Sum,
    TimerIs,
    median,
)

__all__ = [
    # Populations
    "Population", "Items", "Standing", "Moves",
    # Moments
    "Event", "Instant", "Made", "Did", "At", "Now",
    # Conditions
    "Condition", "Given", "AtLeast", "AtMost", "By", "TimerIs", "Linked", "Not", "AnyOf", "AllOf",
    "FirstTry", "SetAside",
    # Measures
    "Measure", "Number", "Between", "Spent",
    # Figures
    "Figure", "Simple", "Count", "Rate", "Share", "Distinct", "Sum", "Mean", "Percentile", "median", "Ratio",
]  # fmt: skip
