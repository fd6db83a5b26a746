package dates

// The data of the models and the names of the pieces that the code knows.
var (
	ModelData  = map[string][]byte{"published": publishedData, "time": timeData, "modified": modifiedData}
	ModelNames = map[string][]string{"published": dayNames, "time": claimNames, "modified": claimNames}
)
