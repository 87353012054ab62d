"""Published files -> engine data: `performance` for Performance.gov's targets, `capital` for a city's capital projects."""
