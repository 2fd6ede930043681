Console.WriteLine("skep");
return 0;
